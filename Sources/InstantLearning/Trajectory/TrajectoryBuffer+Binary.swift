/// The layout, little endian: magic; u64 capacity, offered, dropped; u8 overflow; u32 count; then each trajectory: u64 id,
/// f32 quality, i64 seconds and i64 attoseconds of latency, route, contexts, embedding, steps. Texts are u32 length and
/// UTF-8, a text that may be missing has a u8 before it, lists have a u32 count before them.
extension TrajectoryBuffer {
    private static let magic = Array("DSILB".utf8) + [0, 0, 1]

    /// The buffer as bytes, counts included.
    public var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.bytes(Self.magic)
        for number in [capacity, offered, dropped] { writer.integer(UInt64(number)) }
        writer.integer(UInt8(overflow == .dropNewest ? 0 : 1))
        writer.integer(UInt32(count))
        for trajectory in contents {
            writer.integer(trajectory.id)
            writer.float(trajectory.finalQuality)
            writer.integer(trajectory.latency.components.seconds)
            writer.integer(trajectory.latency.components.attoseconds)
            writer.optional(trajectory.modelRoute)
            writer.integer(UInt32(trajectory.contextIDs.count))
            for id in trajectory.contextIDs { writer.text(id) }
            writer.list(trajectory.queryEmbedding)
            writer.integer(UInt32(trajectory.steps.count))
            for step in trajectory.steps {
                writer.integer(Int64(step.index))
                writer.float(step.reward)
                writer.optional(step.layerName)
                writer.list(step.activations)
                writer.list(step.attentionWeights)
            }
        }
        return writer.bytes
    }

    /// Reads what ``encoded`` gives.
    ///
    /// - Throws: ``InstantLoopError`` that says where the bytes are wrong.
    public init(decoding bytes: [UInt8]) throws(InstantLoopError) {
        var reader = ByteReader(bytes)
        func broken(_ what: String) -> InstantLoopError {
            InstantLoopError("the buffer's bytes are broken at byte \(reader.position) of \(bytes.count): \(what)")
        }
        guard let magic = reader.bytes(8), Array(magic) == Self.magic else {
            throw broken("they begin as no buffer does")
        }
        guard let capacity = reader.integer(UInt64.self), let offered = reader.integer(UInt64.self),
            let dropped = reader.integer(UInt64.self), let overflow = reader.integer(UInt8.self), overflow <= 1,
            let count = reader.integer(UInt32.self)
        else { throw broken("its counts") }
        guard let capacity = Int(exactly: capacity), let offered = Int(exactly: offered),
            let dropped = Int(exactly: dropped), count <= capacity, dropped <= offered, count <= offered - dropped
        else { throw broken("its counts contradict each other") }
        try self.init(capacity: capacity, overflow: overflow == 0 ? .dropNewest : .dropOldest)
        for _ in 0..<count {
            guard let trajectory = Self.trajectory(&reader) else { throw broken("a trajectory") }
            _ = offer(trajectory)
        }
        guard reader.isAtEnd else { throw broken("there is more behind the last trajectory") }
        self.offered = offered
        self.dropped = dropped
    }

    private static func trajectory(_ reader: inout ByteReader) -> QueryTrajectory? {
        guard let id = reader.integer(UInt64.self), let quality = reader.float(),
            let seconds = reader.integer(Int64.self), let attoseconds = reader.integer(Int64.self),
            // beyond it a duration's own arithmetic ends
            seconds.magnitude < 1 << 60,
            let route = reader.optional(), let contextCount = reader.integer(UInt32.self)
        else { return nil }
        var trajectory = QueryTrajectory(id: id, queryEmbedding: [], finalQuality: quality)
        trajectory.latency = Duration(secondsComponent: seconds, attosecondsComponent: attoseconds)
        trajectory.modelRoute = route
        for _ in 0..<contextCount {
            guard let text = reader.text() else { return nil }
            trajectory.contextIDs.append(text)
        }
        guard let embedding = reader.list(), let stepCount = reader.integer(UInt32.self) else { return nil }
        trajectory.queryEmbedding = embedding
        for _ in 0..<stepCount {
            guard let index = reader.integer(Int64.self), let reward = reader.float(), let layer = reader.optional(),
                let activations = reader.list(), let attention = reader.list()
            else { return nil }
            trajectory.steps.append(
                TrajectoryStep(
                    activations: activations,
                    attentionWeights: attention,
                    reward: reward,
                    index: Int(index),
                    layerName: layer
                )
            )
        }
        return trajectory
    }
}
