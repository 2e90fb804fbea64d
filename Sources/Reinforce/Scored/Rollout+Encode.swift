import JSON

extension Rollout {
    /// The record's value: everything but the text first, then the text in one copy.
    func encoded() -> [UInt8] {
        let arena = trajectory.arena
        var length: [UInt8] = []
        length.appendVarint(UInt64(arena.count))
        let following = arena.isEmpty ? 0 : 1 + length.count + arena.count
        var writer = ProtobufWriter(reserving: arena.count + 1024 + 96 * trajectory.nodes.count)
        writer.message(3, following: following) { writer in
            writer.text(1, key.tenant)
            writer.text(2, key.thread)
            writer.message(3) { pairing.write(to: &$0) }
            writer.optional(4, reward)
            writer.optional(5, exclusion.map { Text($0.rawValue) })
            for value in rewards { writer.message(6) { value.write(to: &$0) } }
            writer.message(7) { trajectory.writeFacts(to: &$0) }
            for node in trajectory.nodes { writer.message(8) { node.write(to: &$0) } }
            writer.packed(9, trajectory.fields)
            for call in trajectory.calls { writer.message(10) { call.write(to: &$0) } }
            writer.packed(11, trajectory.finalFields)
        }
        // field 12, with its length, is the rest of the message
        if !arena.isEmpty { writer.data(12, arena) }
        return writer.bytes
    }
}

extension Pairing {
    fileprivate func write(to writer: inout ProtobufWriter) {
        writer.text(1, exampleID)
        writer.text(2, groupID)
        writer.text(3, policyVersion)
        writer.varint(4, rolloutIndex)
        writer.varint(5, groupSize)
        writer.varint(6, attempt)
        writer.optional(7, runID)
        writer.flag(8, trainable)
    }
}

extension RewardValue {
    fileprivate func write(to writer: inout ProtobufWriter) {
        writer.text(1, name)
        writer.double(2, weight)
        writer.optional(3, value)
        writer.varint(4, status.number)
        if let source { writer.message(5) { source.write(to: &$0) } }
    }
}

extension RewardSaying {
    fileprivate func write(to writer: inout ProtobufWriter) {
        writer.text(1, evaluator)
        writer.varint(2, version)
        writer.varint(3, duration)
        writer.optional(4, explanation)
    }
}

extension Trajectory {
    fileprivate func writeFacts(to writer: inout ProtobufWriter) {
        writer.varint(1, outcome.number)
        writer.varint(2, Int64(source.partition))
        writer.varint(3, source.firstOffset)
        writer.varint(4, source.lastOffset)
        writer.varint(5, entry.first.index)
        writer.varint(6, claimTime)
        writer.varint(7, decisionTime)
        writer.varint(8, startedAt)
        writer.varint(9, endedAt)
        writer.varint(10, nodesSeen)
        writer.varint(11, toolCalls)
        writer.varint(12, toolFailures)
        writer.varint(13, duplicates)
        writer.varint(14, late)
        writer.varint(15, missing)
        writer.packed(16, missingSequences)
        writer.flag(17, reordered)
        writer.varint(18, resyncs)
        writer.flag(19, hasState)
        writer.flag(20, stateVerified)
        if let finalStateDigest { writer.data(21, finalStateDigest) }
        writer.flag(22, finalIsObject)
        writer.optional(23, traceparent)
        writer.varint(24, Int64(source.topic))
        writer.varint(25, oversize)
        if let learning { writer.message(26) { learning.write(to: &$0) } }
    }
}

extension NodeExecution {
    fileprivate func write(to writer: inout ProtobufWriter) {
        writer.varint(1, UInt64(node.start))
        writer.varint(2, UInt64(node.count))
        writer.varint(3, startSequence)
        writer.varint(4, endSequence)
        writer.varint(5, duration)
        writer.varint(6, startedAt)
        writer.varint(7, endedAt)
        writer.varint(8, visit)
        writer.flag(9, isSample)
        writer.varint(10, UInt64(inputs.start))
        writer.varint(11, UInt64(inputs.count))
        writer.varint(12, UInt64(outputs.start))
        writer.varint(13, UInt64(outputs.count))
        writer.varint(14, UInt64(removed.start))
        writer.varint(15, UInt64(removed.count))
        writer.varint(16, request + 1)
        for reward in rewards { writer.message(17) { reward.write(to: &$0) } }
    }
}

extension LearningVectors {
    fileprivate func write(to writer: inout ProtobufWriter) {
        writer.packed(1, queryEmbedding)
        writer.optional(2, quality)
        writer.text(3, route)
        for node in nodes {
            writer.message(4) { writer in
                writer.packed(1, node.activations)
                writer.optional(2, node.reward)
            }
        }
    }
}

extension Outcome {
    /// Its number on the wire.
    var number: Int {
        switch self {
        case .completed: 1
        case .failed: 2
        case .incomplete: 3
        }
    }
}

extension RewardValue.Status {
    /// Its number on the wire.
    var number: Int {
        switch self {
        case .ok: 1
        case .none: 2
        case .error: 3
        case .timeout: 4
        }
    }
}
