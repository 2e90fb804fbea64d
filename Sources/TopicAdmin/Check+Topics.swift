internal import Kafka
internal import Problems
internal import Settings

extension Check {
    /// Whether a topic is there and as it must be.
    func look(at topic: PlannedTopic, _ partitions: Int32?, _ admin: Admin) -> (
        isThere: Bool, findings: [Finding]
    ) {
        let subject = "topic \(topic.name)"
        do throws(KafkaError) {
            guard let count = try count(topic, partitions, admin), count > 0 else {
                return (false, [missing(topic)])
            }
            let actual = try admin.configuration(ofTopic: topic.name)
            let findings = judge(topic, count, actual)
            return (true, findings.isEmpty ? [.ok(subject, "\(count) partitions, settings fit")] : findings)
        } catch {
            if error.isUnknownTopic { return (false, [missing(topic)]) }
            guard error.isNotAllowed else { return (false, [.error(.unavailable, subject, error.description, "")]) }
            // a topic that is hidden from us was asked for by name
            if partitions == nil { return (false, [denied(.topic(topic.name), .describe, granting: topic.operations)]) }
            return (true, [denied(.topic(topic.name), .describeConfigs)])
        }
    }

    /// As listed; what is not listed may be hidden from us, and asking for it by name tells.
    private func count(_ topic: PlannedTopic, _ listed: Int32?, _ admin: Admin) throws(KafkaError) -> Int32? {
        if let listed { return listed }
        return try admin.topics(topic.name).first?.partitions
    }

    private func missing(_ topic: PlannedTopic) -> Finding {
        .error(
            .unavailable,
            "topic \(topic.name)",
            "is not there (\(topic.role.rawValue))",
            "`dash-reinforce topics create` makes it"
        )
    }

    /// What is not as it must be.
    func judge(_ topic: PlannedTopic, _ partitions: Int32, _ actual: [String: String]) -> [Finding] {
        let subject = "topic \(topic.name)"
        var findings: [Finding] = []
        let policy = actual["cleanup.policy"] ?? "delete"
        if !topic.isCompacted, policy.contains("compact") {
            let loss = topic.role == .events ? "events from the middle of a thread" : "records that others still need"
            findings.append(
                .error(
                    .usage,
                    subject,
                    "cleanup.policy=\(policy): compaction removes \(loss)",
                    "set cleanup.policy=delete"
                )
            )
        }
        if topic.isCompacted, !policy.contains("compact") {
            let text = "cleanup.policy=\(policy): what is older than the retention is lost"
            let advice = "set cleanup.policy=compact"
            findings.append(
                topic.role == .checkpoints
                    ? .error(.usage, subject, text, advice) : .warning(subject, text, advice)
            )
        }
        findings += retention(topic, policy, actual["retention.ms"].flatMap { Int64($0) })
        findings += size(topic, actual["max.message.bytes"].flatMap { Int($0) })
        if topic.role == .checkpoints || topic.role == .scored || topic.role == .rollouts,
            partitions != topic.partitions
        {
            findings += count(topic, partitions)
        }
        return findings
    }

    private func retention(_ topic: PlannedTopic, _ policy: String, _ retention: Int64?) -> [Finding] {
        guard policy.contains("delete"), let retention, retention >= 0 else { return [] }
        let subject = "topic \(topic.name)"
        let age = settings.assembly.maxThreadAge
        switch topic.role {
        case .events where retention < 2 * age:
            return [
                .warning(
                    subject,
                    "retention.ms=\(retention): after a longer stop open threads have lost their beginning",
                    "set retention.ms to at least \(2 * age), twice assembly.max_thread_age"
                )
            ]
        case .scored:
            return [
                .warning(
                    subject,
                    "retention.ms=\(retention): after a longer stop rollouts of open groups are lost",
                    "set retention.ms=-1; the processor removes what it needs no more"
                )
            ]
        default: return []
        }
    }

    private func size(_ topic: PlannedTopic, _ limit: Int?) -> [Finding] {
        guard let limit else { return [] }
        let subject = "topic \(topic.name)"
        switch topic.role {
        case .output where limit < settings.batches.maxBytes:
            return [
                .error(
                    .usage,
                    subject,
                    "max.message.bytes=\(limit) is below batches.max_bytes=\(settings.batches.maxBytes)",
                    "raise max.message.bytes, or lower batches.max_bytes"
                )
            ]
        case .checkpoints where limit < 1_000_000:
            return [
                .error(
                    .usage,
                    subject,
                    "max.message.bytes=\(limit): a checkpoint takes up to 900 kB",
                    "set max.message.bytes to at least 1000000"
                )
            ]
        case .scored where limit < 1_000_000:
            return [
                .warning(
                    subject,
                    "max.message.bytes=\(limit): larger rollouts become dead letters",
                    "set max.message.bytes=\(topic.configuration["max.message.bytes"] ?? "1048588")"
                )
            ]
        case .events where limit > settings.limits.maxFrameBytes + 65_536:
            return [
                .warning(
                    subject,
                    "max.message.bytes=\(limit): records above limits.max_frame_bytes become dead letters",
                    "raise limits.max_frame_bytes, or lower max.message.bytes"
                )
            ]
        default: return []
        }
    }
}
