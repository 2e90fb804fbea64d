import JSON

extension LedgerEntry {
    /// The line as a JSON object, without a line end.
    ///
    /// - Parameters:
    ///   - moreDuplicates: messages that came twice, beyond its own count.
    ///   - moreLate: messages that came too late, beyond its own count.
    public func append(to bytes: inout [UInt8], duplicates moreDuplicates: Int = 0, late moreLate: Int = 0) {
        bytes.append("{\"tenant_id\":")
        bytes.append(quoted: key.tenant)
        bytes.append(",\"thread_id\":")
        bytes.append(quoted: key.thread)
        bytes.append(",\"fate\":")
        bytes.append(quoted: fate.rawValue)
        bytes.append(",\"reason\":")
        bytes.append(quoted: reason.map { Text($0.rawValue) })
        if let detail {
            bytes.append(",\"detail\":")
            bytes.append(quoted: detail.rawValue)
        }
        bytes.append(",\"outcome\":")
        bytes.append(quoted: outcome.rawValue)
        bytes.append(",\"example_id\":")
        bytes.append(quoted: pairing?.exampleID)
        bytes.append(",\"group_id\":")
        bytes.append(quoted: pairing?.groupID)
        bytes.append(",\"rollout_index\":")
        if let pairing { bytes.append(number: pairing.rolloutIndex) } else { bytes.append("null") }
        bytes.append(",\"policy_version\":")
        bytes.append(quoted: pairing?.policyVersion)
        bytes.append(",\"reward\":")
        bytes.append(number: reward)
        bytes.append(",\"rewards\":{")
        for (index, value) in rewards.enumerated() {
            if index > 0 { bytes.append(",") }
            bytes.append(quoted: value.name)
            bytes.append(":")
            bytes.append(number: value.value)
        }
        bytes.append("},\"advantage\":")
        bytes.append(number: advantage)
        thread.withTrajectory { $0.appendFacts(to: &bytes, duplicates + moreDuplicates, late + moreLate) }
        bytes.append("}")
    }
}

extension Trajectory {
    fileprivate func appendFacts(to bytes: inout [UInt8], _ duplicates: Int, _ late: Int) {
        bytes.append(",\"nodes\":")
        bytes.append(number: nodesSeen)
        bytes.append(",\"duplicates\":")
        bytes.append(number: duplicates)
        bytes.append(",\"late\":")
        bytes.append(number: late)
        bytes.append(",\"missing\":")
        bytes.append(decimal: missing)
        bytes.append(",\"missing_sequences\":")
        bytes.append(list: missingSequences) { $0.append(decimal: $1) }
        bytes.append(",\"resyncs\":")
        bytes.append(number: resyncs)
        bytes.append(",\"state_verified\":")
        bytes.append(flag: stateVerified)
        bytes.append(",\"final_state_sha256\":")
        if let finalStateDigest {
            bytes.append("\"")
            bytes.append(hexadecimal: finalStateDigest)
            bytes.append("\"")
        } else {
            bytes.append("null")
        }
        bytes.append(",\"first\":{\"partition\":")
        bytes.append(number: Int(source.partition))
        bytes.append(",\"offset\":")
        bytes.append(number: source.firstOffset)
        bytes.append("},\"last\":{\"partition\":")
        bytes.append(number: Int(source.partition))
        bytes.append(",\"offset\":")
        bytes.append(number: source.lastOffset)
        bytes.append("}")
    }
}
