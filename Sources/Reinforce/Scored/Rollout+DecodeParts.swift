import JSON

extension Pairing {
    init(_ reader: consuming ProtobufReader) throws(ScoredProblem) {
        var example: Text = "", group: Text = "", policy: Text = ""
        var slot = 0, size = 0, attempt = 0
        var run: Text?
        var trainable = false
        while let tag = try reader.tag() {
            switch tag.field {
            case 1: example = try reader.text(tag)
            case 2: group = try reader.text(tag)
            case 3: policy = try reader.text(tag)
            case 4: slot = try reader.count(tag)
            case 5: size = try reader.count(tag)
            case 6: attempt = try reader.count(tag)
            case 7: run = try reader.text(tag)
            case 8: trainable = try reader.flag(tag)
            default: throw reader.unknown(tag)
            }
        }
        guard slot < size else { throw reader.problem("has slot \(slot) of \(size)") }
        self.init(
            exampleID: example,
            groupID: group,
            rolloutIndex: slot,
            groupSize: size,
            policyVersion: policy,
            attempt: attempt,
            runID: run,
            trainable: trainable
        )
    }
}

extension RewardValue {
    init(_ reader: consuming ProtobufReader) throws(ScoredProblem) {
        var name: Text = ""
        var weight = 0.0
        var value: Double?
        var status: Status?
        var source: RewardSaying?
        while let tag = try reader.tag() {
            switch tag.field {
            case 1: name = try reader.text(tag)
            case 2: weight = try reader.double(tag)
            case 3: value = try reader.double(tag)
            case 4:
                switch try reader.count(tag) {
                case 1: status = .ok
                case 2: status = Status.none
                case 3: status = .error
                case 4: status = .timeout
                default: status = nil
                }
            case 5: source = try RewardSaying(reader.message(tag, "Saying"))
            default: throw reader.unknown(tag)
            }
        }
        guard let status else { throw reader.problem("has no status, or an unknown one") }
        self.init(name: name, weight: weight, value: value, status: status, source: source)
    }
}

extension RewardSaying {
    fileprivate init(_ reader: consuming ProtobufReader) throws(ScoredProblem) {
        var evaluator: Text = ""
        var version: Int64 = 0, duration: Int64 = 0
        var explanation: Text?
        while let tag = try reader.tag() {
            switch tag.field {
            case 1: evaluator = try reader.text(tag)
            case 2: version = try reader.signed(tag)
            case 3: duration = try reader.signed(tag)
            case 4: explanation = try reader.text(tag)
            default: throw reader.unknown(tag)
            }
        }
        self.init(evaluator: evaluator, version: version, duration: duration, explanation: explanation)
    }
}

extension NodeExecution {
    init(_ reader: consuming ProtobufReader) throws(ScoredProblem) {
        self.init(
            node: .empty,
            startSequence: 0,
            endSequence: 0,
            duration: 0,
            startedAt: 0,
            endedAt: 0,
            visit: 0,
            isSample: false,
            inputs: .empty,
            outputs: .empty,
            removed: .empty
        )
        while let tag = try reader.tag() {
            switch tag.field {
            case 1: node.start = UInt32(try reader.count(tag))
            case 2: node.count = UInt32(try reader.count(tag))
            case 3: startSequence = try reader.varint(tag)
            case 4: endSequence = try reader.varint(tag)
            case 5: duration = try reader.signed(tag)
            case 6: startedAt = try reader.signed(tag)
            case 7: endedAt = try reader.signed(tag)
            case 8: visit = try reader.count(tag)
            case 9: isSample = try reader.flag(tag)
            case 10: inputs.start = UInt32(try reader.count(tag))
            case 11: inputs.count = UInt32(try reader.count(tag))
            case 12: outputs.start = UInt32(try reader.count(tag))
            case 13: outputs.count = UInt32(try reader.count(tag))
            case 14: removed.start = UInt32(try reader.count(tag))
            case 15: removed.count = UInt32(try reader.count(tag))
            case 16: request = try reader.count(tag) - 1
            case 17: rewards.append(try TraceReward(reader.message(tag, "TraceReward")))
            default: throw reader.unknown(tag)
            }
        }
    }
}

extension LearningVectors {
    init(_ reader: consuming ProtobufReader) throws(ScoredProblem) {
        self.init()
        while let tag = try reader.tag() {
            switch tag.field {
            case 1: queryEmbedding = try reader.floats(tag)
            case 2: quality = try reader.double(tag)
            case 3: route = try reader.text(tag)
            case 4: nodes.append(try Node(reader.message(tag, "VectorNode")))
            default: throw reader.unknown(tag)
            }
        }
    }
}

extension LearningVectors.Node {
    fileprivate init(_ reader: consuming ProtobufReader) throws(ScoredProblem) {
        self.init(activations: [])
        while let tag = try reader.tag() {
            switch tag.field {
            case 1: activations = try reader.floats(tag)
            case 2: reward = try reader.double(tag)
            default: throw reader.unknown(tag)
            }
        }
    }
}
