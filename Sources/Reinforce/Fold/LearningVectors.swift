import DashStream
public import JSON

/// The vectors that a thread carries for the instant-learning loop; a vector that cannot be read is empty.
public struct LearningVectors: Sendable, Hashable {
    /// What a node saw or did.
    public struct Node: Sendable, Hashable {
        /// `rl.activations` of NODE_END.
        public var activations: [Float]
        /// `rl.reward` of NODE_END.
        public var reward: Double?
    }

    /// `rl.query_embedding` of GRAPH_START.
    public var queryEmbedding: [Float] = []
    /// The nodes that carry activations, in the order of their ends.
    public var nodes: [Node] = []
    /// `rl.quality` of GRAPH_END.
    public var quality: Double?
    /// `route` of GRAPH_START; empty where there is none.
    public var route: Text = ""

    init() {}

    /// Bytes of memory its numbers take.
    var byteCount: Int { nodes.reduce(queryEmbedding.count) { $0 + $1.activations.count } * 4 }
}

extension ThreadFold {
    /// Notes the vectors that an event carries.
    func capture(_ event: borrowing EventView, _ trajectory: inout Trajectory) {
        switch event.eventType {
        case EventCode.graphStart:
            guard let embedding = event.attribute(named: "rl.query_embedding"),
                trajectory.learning?.queryEmbedding.isEmpty ?? true
            else { return }
            trajectory.changeLearning { vectors in
                vectors.queryEmbedding = embedding.floats
                if let route = event.attribute(named: "route")?.text { vectors.route = route }
            }
        case EventCode.nodeEnd:
            guard let activations = event.attribute(named: "rl.activations") else { return }
            let reward = event.attribute(named: "rl.reward")?.number
            trajectory.changeLearning { $0.nodes.append(.init(activations: activations.floats, reward: reward)) }
        case EventCode.graphEnd:
            guard let quality = event.attribute(named: "rl.quality")?.number else { return }
            trajectory.changeLearning { $0.quality = quality }
        default: return
        }
    }
}

extension Trajectory {
    /// Changes the vectors in place: what is there is not copied.
    fileprivate mutating func changeLearning(_ body: (inout LearningVectors) -> Void) {
        var vectors = learning ?? LearningVectors()
        learning = nil
        body(&vectors)
        learning = vectors
    }
}

extension AttributeView {
    /// A number of either kind.
    fileprivate var number: Double? { float ?? integer.map(Double.init) }

    /// Float32 numbers, little endian, or an array of numbers; none where it is something else.
    fileprivate var floats: [Float] {
        var numbers: [Float] = []
        guard let bytes else {
            var isWhole = true
            forEachElement { element in
                if let number = element.number { numbers.append(Float(number)) } else { isWhole = false }
            }
            return isWhole ? numbers : []
        }
        guard bytes.byteCount % 4 == 0 else { return [] }
        numbers.reserveCapacity(bytes.byteCount / 4)
        for at in stride(from: 0, to: bytes.byteCount, by: 4) {
            var bits: UInt32 = 0
            for index in 0..<4 { bits |= UInt32(bytes.byte(at + index)) << UInt32(8 * index) }
            numbers.append(Float(bitPattern: bits))
        }
        return numbers
    }
}
