import JSON

extension GroupRenderer {
    func append(
        _ member: DecidedGroup.Member,
        _ advantage: ByteRange,
        _ samples: [RenderedSample],
        to bytes: inout [UInt8]
    ) {
        let rollout = member.rollout
        bytes.append("{\"thread_id\":")
        bytes.append(quoted: rollout.key.thread)
        bytes.append(",\"rollout_index\":")
        bytes.append(number: rollout.pairing.rolloutIndex)
        bytes.append(",\"attempt\":")
        bytes.append(number: rollout.pairing.attempt)
        bytes.append(",\"status\":")
        bytes.append(quoted: rollout.outcome.rawValue)
        bytes.append(",\"votes\":")
        bytes.append(flag: member.votes)
        bytes.append(",\"trains\":")
        bytes.append(flag: member.trains)
        bytes.append(",\"excluded\":")
        bytes.append(quoted: member.isSuperseded ? "superseded" : member.exclusion.map { Text($0.rawValue) })
        bytes.append(",\"reward\":")
        bytes.append(number: member.votes ? rollout.reward : nil)
        bytes.append(",\"rewards\":")
        bytes.append(list: rollout.rewards) { bytes, value in
            bytes.append("{\"name\":")
            bytes.append(quoted: value.name)
            bytes.append(",\"weight\":")
            bytes.append(number: value.weight)
            bytes.append(",\"value\":")
            bytes.append(number: value.value)
            bytes.append(",\"status\":\"")
            bytes.append(contentsOf: value.status.rawValue.utf8)
            bytes.append("\",\"evaluator_version\":1}")
        }
        bytes.append(",\"advantage\":")
        bytes.append(texts, advantage)
        bytes.append(",\"weight\":")
        bytes.append(number: rollout.sampleWeight)
        appendProvenance(rollout, to: &bytes)
        bytes.append(",\"samples\":")
        bytes.append(list: samples.enumerated()) { bytes, sample in
            append(sample.element, sample.offset, rollout, advantage, to: &bytes)
        }
        bytes.append("}")
    }

    private func appendProvenance(_ rollout: Rollout, to bytes: inout [UInt8]) {
        let trajectory = rollout.trajectory
        bytes.append(",\"started_at_us\":")
        bytes.append(number: trajectory.startedAt)
        bytes.append(",\"ended_at_us\":")
        bytes.append(number: trajectory.endedAt)
        bytes.append(",\"nodes\":")
        bytes.append(number: trajectory.nodesSeen)
        bytes.append(",\"tool_calls\":")
        bytes.append(number: trajectory.toolCalls)
        bytes.append(",\"tool_failures\":")
        bytes.append(number: trajectory.toolFailures)
        bytes.append(",\"source\":[{\"topic\":")
        bytes.append(quoted: topic(of: rollout))
        bytes.append(",\"partition\":")
        bytes.append(number: Int(rollout.source.partition))
        bytes.append(",\"first_offset\":")
        bytes.append(number: rollout.source.firstOffset)
        bytes.append(",\"last_offset\":")
        bytes.append(number: rollout.source.lastOffset)
        bytes.append("}],\"traceparent\":")
        bytes.append(quoted: trajectory.traceparent)
    }

    private func append(
        _ sample: RenderedSample,
        _ index: Int,
        _ rollout: Rollout,
        _ advantage: ByteRange,
        to bytes: inout [UInt8]
    ) {
        let trajectory = rollout.trajectory
        bytes.append("{\"sample_index\":")
        bytes.append(number: index)
        bytes.append(",\"node_id\":\"")
        appendEscaped(trajectory.arena.span(sample.node.node), to: &bytes)
        bytes.append("\",\"visit\":")
        bytes.append(number: sample.node.visit)
        if self.samples != .fields {
            bytes.append(",\"prompt\":[{\"role\":\"user\",\"content\":\"")
            bytes.append(texts, sample.prompt)
            bytes.append("\"}],\"completion\":\"")
            bytes.append(texts, sample.completion)
            bytes.append("\"")
        }
        if self.samples != .text {
            bytes.append(",\"inputs\":")
            bytes.append(texts, sample.inputs)
            bytes.append(",\"outputs\":")
            bytes.append(texts, sample.outputs)
        }
        bytes.append(",\"advantage\":")
        bytes.append(texts, advantage)
        let generation = sample.node.generation
        append(generation < 0 ? nil : trajectory.generations[generation], rollout, to: &bytes)
        bytes.append("}")
    }

    private func append(_ generation: Generation?, _ rollout: Rollout, to bytes: inout [UInt8]) {
        let tokens = generation.flatMap { $0.hasTokens ? $0 : nil }
        bytes.append(",\"model\":")
        bytes.append(quoted: generation?.model)
        bytes.append(",\"finish_reason\":")
        bytes.append(quoted: generation.flatMap { $0.finishName })
        bytes.append(",\"truncated\":")
        bytes.append(flag: generation?.finishReason == 2)
        bytes.append(",\"prompt_token_ids\":")
        bytes.append(list: generation?.promptTokenIDs ?? []) { $0.append(number: Int64($1)) }
        bytes.append(",\"token_ids\":")
        bytes.append(list: tokens?.tokenIDs ?? []) { $0.append(number: Int64($1)) }
        bytes.append(",\"logprobs\":")
        bytes.append(list: tokens?.logprobs ?? []) { $0.append(number: Double($1)) }
        bytes.append(",\"loss_mask\":")
        bytes.append(list: tokens?.tokenIDs ?? []) { bytes, _ in bytes.append("1") }
        bytes.append(",\"temperature\":")
        bytes.append(number: generation?.temperature)
        bytes.append(",\"policy_version\":")
        bytes.append(quoted: generation?.policyVersion ?? rollout.pairing.policyVersion)
        bytes.append(",\"token_source\":\"")
        bytes.append(tokens == nil ? "absent" : "engine")
        bytes.append("\"")
    }
}

extension Generation {
    /// The finish reason by name; nil where none was given.
    var finishName: Text? {
        switch finishReason {
        case 1: "stop"
        case 2: "length"
        case 3: "content_filter"
        case 4: "tool_calls"
        case 5: "error"
        default: nil
        }
    }
}
