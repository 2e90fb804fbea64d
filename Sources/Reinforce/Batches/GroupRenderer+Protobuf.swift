import JSON

extension GroupRenderer {
    /// The group as `Group` of `docs/reinforce.proto`.
    func write(
        _ group: DecidedGroup,
        _ advantages: [Double],
        _ samples: [[RenderedSample]],
        _ digest: [UInt8],
        to writer: inout ProtobufWriter
    ) {
        writer.text(1, group.key.group)
        writer.text(2, group.example.id)
        writer.text(3, group.example.sha256)
        writer.message(4) { writer in
            var data: [UInt8] = []
            JSONValue.object(group.example.data).writeExact(to: &data)
            writer.data(1, data)
            for key in group.example.inputKeys { writer.optional(2, key) }
        }
        writer.text(5, group.policyVersion)
        writer.text(6, group.policyVersion)
        writer.varint(7, group.expectedSize)
        writer.text(8, group.closeReason.rawValue)
        writer.text(9, group.signal.rawValue)
        writer.text(12, digest.hexadecimal)
        let statistics = group.statistics
        writer.message(13) { writer in
            writer.varint(1, statistics.votes)
            writer.double(2, statistics.mean)
            writer.double(3, statistics.std)
            writer.double(4, statistics.min)
            writer.double(5, statistics.max)
            writer.double(6, statistics.outcomeMean)
        }
        for (index, member) in group.members.enumerated() {
            writer.message(14) { write(member, advantages[index], samples[index], to: &$0) }
        }
    }

    private func write(
        _ member: DecidedGroup.Member,
        _ advantage: Double,
        _ samples: [RenderedSample],
        to writer: inout ProtobufWriter
    ) {
        let rollout = member.rollout
        writer.text(1, rollout.key.thread)
        writer.varint(2, rollout.pairing.rolloutIndex)
        writer.varint(3, rollout.pairing.attempt)
        writer.text(4, rollout.outcome.rawValue)
        writer.flag(5, member.votes)
        writer.flag(6, member.trains)
        writer.optional(7, member.isSuperseded ? "superseded" : member.exclusion.map { Text($0.rawValue) })
        writer.optional(8, member.votes ? rollout.reward?.ifFinite : nil)
        for value in rollout.rewards {
            writer.message(9) { writer in
                writer.text(1, value.name)
                writer.double(2, value.weight)
                writer.optional(3, value.value?.ifFinite)
                writer.text(4, value.status.rawValue)
                writer.varint(5, UInt64(1))
            }
        }
        writer.double(10, advantage)
        writer.double(11, rollout.sampleWeight)
        writeProvenance(rollout, to: &writer)
        for (index, sample) in samples.enumerated() {
            writer.message(19) { write(sample, index, rollout, advantage, to: &$0) }
        }
    }

    private func writeProvenance(_ rollout: Rollout, to writer: inout ProtobufWriter) {
        let trajectory = rollout.trajectory
        writer.varint(12, trajectory.startedAt)
        writer.varint(13, trajectory.endedAt)
        writer.varint(14, trajectory.nodesSeen)
        writer.varint(15, trajectory.toolCalls)
        writer.varint(16, trajectory.toolFailures)
        writer.message(17) { writer in
            writer.text(1, topic(of: rollout))
            writer.varint(2, Int64(rollout.source.partition))
            writer.varint(3, rollout.source.firstOffset)
            writer.varint(4, rollout.source.lastOffset)
        }
        writer.optional(18, trajectory.traceparent)
    }

    private func write(
        _ sample: RenderedSample,
        _ index: Int,
        _ rollout: Rollout,
        _ advantage: Double,
        to writer: inout ProtobufWriter
    ) {
        let trajectory = rollout.trajectory
        writer.varint(1, index)
        if sample.node.node.count > 0 { writer.data(2, trajectory.arena.span(sample.node.node)) }
        writer.varint(3, sample.node.visit)
        if samples != .fields {
            writer.message(4) { writer in
                writer.text(1, "user")
                writer.unescaped(2, texts, sample.prompt)
            }
            writer.unescaped(5, texts, sample.completion)
        }
        if samples != .text {
            writer.data(6, texts.span(sample.inputs))
            writer.data(7, texts.span(sample.outputs))
        }
        writer.double(8, advantage)
        let generation = sample.node.generation
        write(generation < 0 ? nil : trajectory.generations[generation], rollout, to: &writer)
    }

    private func write(_ generation: Generation?, _ rollout: Rollout, to writer: inout ProtobufWriter) {
        let tokens = generation.flatMap { $0.hasTokens ? $0 : nil }
        writer.optional(9, generation?.model)
        writer.optional(10, generation?.finishName)
        writer.flag(11, generation?.finishReason == 2)
        writer.packed(12, generation?.promptTokenIDs ?? [])
        writer.packed(13, tokens?.tokenIDs ?? [])
        writer.packed(14, tokens?.logprobs ?? [])
        writer.packed(15, [UInt32](repeating: 1, count: tokens?.tokenIDs.count ?? 0))
        writer.optional(16, generation?.temperature?.ifFinite)
        writer.text(17, generation?.policyVersion ?? rollout.pairing.policyVersion)
        writer.text(18, tokens == nil ? "absent" : "engine")
    }
}

extension Double {
    /// JSON has no other numbers, and both forms say the same.
    fileprivate var ifFinite: Double? { isFinite ? self : nil }
}
