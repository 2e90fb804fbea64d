import JSON

extension GroupRenderer {
    /// The group as an object of `groups`, keys in the order of `advantages.md`, section 5.
    func append(
        _ group: DecidedGroup,
        _ advantages: [ByteRange],
        _ samples: [[RenderedSample]],
        _ digest: [UInt8],
        to bytes: inout [UInt8]
    ) {
        bytes.append("{\"group_id\":")
        bytes.append(quoted: group.key.group)
        bytes.append(",\"example_id\":")
        bytes.append(quoted: group.example.id)
        bytes.append(",\"example_sha256\":")
        bytes.append(quoted: group.example.sha256)
        bytes.append(",\"example\":{\"data\":")
        JSONValue.object(group.example.data).writeExact(to: &bytes)
        bytes.append(",\"input_keys\":")
        bytes.append(list: group.example.inputKeys) { $0.append(quoted: $1) }
        bytes.append("},\"policy_version_min\":")
        bytes.append(quoted: group.policyVersion)
        bytes.append(",\"policy_version_max\":")
        bytes.append(quoted: group.policyVersion)
        bytes.append(",\"expected_size\":")
        bytes.append(number: group.expectedSize)
        bytes.append(",\"close_reason\":")
        bytes.append(quoted: group.closeReason.rawValue)
        bytes.append(",\"signal\":")
        bytes.append(quoted: group.signal.rawValue)
        bytes.append(",\"revision\":")
        bytes.append(number: group.revision)
        bytes.append(",\"supersedes\":")
        bytes.append(quoted: group.supersedes.map { Text($0) })
        bytes.append(",\"digest\":")
        bytes.append(quoted: digest.hexadecimal)
        let statistics = group.statistics
        bytes.append(",\"stats\":{\"votes\":")
        bytes.append(number: statistics.votes)
        bytes.append(",\"mean\":")
        bytes.append(number: statistics.mean)
        bytes.append(",\"std\":")
        bytes.append(number: statistics.std)
        bytes.append(",\"min\":")
        bytes.append(number: statistics.min)
        bytes.append(",\"max\":")
        bytes.append(number: statistics.max)
        bytes.append(",\"outcome_mean\":")
        bytes.append(number: statistics.outcomeMean)
        bytes.append("},\"rollouts\":")
        bytes.append(list: group.members.indices) { bytes, index in
            append(group.members[index], advantages[index], samples[index], to: &bytes)
        }
        bytes.append("}")
    }
}
