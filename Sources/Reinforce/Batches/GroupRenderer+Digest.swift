import JSON

extension GroupRenderer {
    /// The canonical JSON that a group's digest is over: content only, keys in order, samples whole.
    func appendCanonicalContent(
        _ group: DecidedGroup,
        _ advantages: [ByteRange],
        _ samples: [[RenderedSample]],
        to bytes: inout [UInt8]
    ) {
        bytes.append("{\"estimator\":{\"baseline\":")
        bytes.append(quoted: estimator.baseline.rawValue)
        bytes.append(",\"credit\":\"rollout\",\"ddof\":")
        bytes.append(number: estimator.ddof)
        bytes.append(",\"epsilon\":")
        bytes.append(number: estimator.epsilon)
        bytes.append(",\"name\":")
        bytes.append(quoted: estimator.name)
        bytes.append(",\"scale\":")
        bytes.append(quoted: estimator.scale.rawValue)
        bytes.append(",\"singleton\":")
        bytes.append(quoted: estimator.singleton.rawValue)
        bytes.append("},\"example_id\":")
        bytes.append(quoted: group.example.id)
        bytes.append(",\"expected_size\":")
        bytes.append(number: group.expectedSize)
        bytes.append(",\"group_id\":")
        bytes.append(quoted: group.key.group)
        bytes.append(",\"members\":")
        let voting = group.members.indices.lazy.filter { group.members[$0].votes }
        bytes.append(list: voting) { bytes, index in
            append(canonical: group.members[index], advantages[index], samples[index], to: &bytes)
        }
        bytes.append(",\"policy_version_max\":")
        bytes.append(quoted: group.policyVersion)
        bytes.append(",\"policy_version_min\":")
        bytes.append(quoted: group.policyVersion)
        bytes.append(",\"signal\":")
        bytes.append(quoted: group.signal.rawValue)
        let statistics = group.statistics
        bytes.append(",\"stats\":{\"max\":")
        bytes.append(number: statistics.max)
        bytes.append(",\"mean\":")
        bytes.append(number: statistics.mean)
        bytes.append(",\"min\":")
        bytes.append(number: statistics.min)
        bytes.append(",\"outcome_mean\":")
        bytes.append(number: statistics.outcomeMean)
        bytes.append(",\"std\":")
        bytes.append(number: statistics.std)
        bytes.append(",\"votes\":")
        bytes.append(number: statistics.votes)
        bytes.append("},\"tenant_id\":")
        bytes.append(quoted: group.key.tenant)
        bytes.append("}")
    }

    private func append(
        canonical member: DecidedGroup.Member,
        _ advantage: ByteRange,
        _ samples: [RenderedSample],
        to bytes: inout [UInt8]
    ) {
        let rollout = member.rollout
        let arena = rollout.trajectory.arena
        bytes.append("{\"advantage\":")
        bytes.append(texts, advantage)
        bytes.append(",\"attempt\":")
        bytes.append(number: rollout.pairing.attempt)
        bytes.append(",\"reward\":")
        bytes.append(number: rollout.reward)
        bytes.append(",\"rewards\":")
        bytes.append(list: rollout.rewards) { bytes, value in
            bytes.append("{\"name\":")
            bytes.append(quoted: value.name)
            bytes.append(",\"status\":\"")
            bytes.append(contentsOf: value.status.rawValue.utf8)
            bytes.append("\",\"value\":")
            bytes.append(number: value.value)
            bytes.append(",\"weight\":")
            bytes.append(number: value.weight)
            bytes.append("}")
        }
        bytes.append(",\"rollout_index\":")
        bytes.append(number: rollout.pairing.rolloutIndex)
        bytes.append(",\"samples\":")
        bytes.append(list: samples) { bytes, sample in
            bytes.append("{\"completion\":\"")
            bytes.append(texts, sample.completion)
            bytes.append("\",\"inputs\":")
            bytes.append(texts, sample.inputs)
            bytes.append(",\"node_id\":\"")
            appendEscaped(arena.span(sample.node.node), to: &bytes)
            bytes.append("\",\"outputs\":")
            bytes.append(texts, sample.outputs)
            bytes.append(",\"prompt\":[{\"content\":\"")
            bytes.append(texts, sample.prompt)
            bytes.append("\",\"role\":\"user\"}],\"visit\":")
            bytes.append(number: sample.node.visit)
            bytes.append("}")
        }
        bytes.append(",\"status\":\"")
        bytes.append(contentsOf: rollout.outcome.rawValue.utf8)
        bytes.append("\",\"thread_id\":")
        bytes.append(quoted: rollout.key.thread)
        bytes.append("}")
    }
}
