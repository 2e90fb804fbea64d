internal import DashStream
internal import Files
internal import JSON
internal import Kafka
internal import Reinforce
internal import Settings

/// Makes the records that leave: batches, dead letters, ledger lines. Pure; who writes them decides when.
struct OutputRecords: Sendable {
    private let settings: Settings
    private let estimator: Estimator
    private let batches: BatchConfiguration

    init(_ settings: Settings, _ estimator: Estimator) {
        self.settings = settings
        self.estimator = estimator
        batches = settings.batchConfiguration()
    }

    /// A batch, for the output topic.
    func record(_ batch: Batch) -> OutgoingRecord {
        OutgoingRecord(batch, topic: settings.topics.output, estimator: estimator, batches)
    }

    /// A record that cannot be read, as `dlq.format` says: its own bytes and why, in headers, or DashStream's JSON.
    ///
    /// - Parameters:
    ///   - poison: why.
    ///   - stage: what was being done: `decode`, `group`, `process`.
    ///   - record: the record.
    ///   - time: the time of day, milliseconds since 1970.
    func record(_ poison: Poison, stage: String, _ record: borrowing Record, at time: Int64) -> OutgoingRecord {
        let key = bytes(record.key)
        guard settings.dlq.format != "dashstream" else {
            return OutgoingRecord(
                topic: settings.dlqTopic,
                key: key,
                value: letter(poison, record, at: time).json(record.value),
                headers: record.headers
            )
        }
        let p = "__dash_reinforce.errors."
        let headers =
            record.headers + [
                RecordHeader(p + "topic", record.topic), RecordHeader(p + "partition", String(record.partition)),
                RecordHeader(p + "offset", String(record.offset)),
                RecordHeader(p + "timestamp", String(record.timestamp)), RecordHeader(p + "stage", stage),
                RecordHeader(p + "reason", poison.reason.rawValue), RecordHeader(p + "message", poison.message),
                RecordHeader(p + "thread_id", key ?? []), RecordHeader(p + "version", "1"),
            ]
        return OutgoingRecord(topic: settings.dlqTopic, key: key, value: bytes(record.value), headers: headers)
    }

    /// A record of the examples topic that is no example.
    func record(_ broken: BrokenExample, at time: Int64) -> OutgoingRecord {
        guard settings.dlq.format != "dashstream" else {
            let letter = DashStreamDeadLetter(
                poison: broken.poison,
                topic: broken.place.topic,
                partition: broken.place.partition,
                offset: broken.offset,
                thread: nil,
                traceparent: nil,
                consumer: settings.instanceID.isEmpty ? settings.appID : "\(settings.appID)-\(settings.instanceID)",
                time: time
            )
            let value = broken.value ?? []
            return OutgoingRecord(
                topic: settings.dlqTopic,
                key: broken.key,
                value: unsafe letter.json(broken.value == nil ? nil : value.span.bytes),
                headers: broken.headers
            )
        }
        let p = "__dash_reinforce.errors."
        let headers =
            broken.headers + [
                RecordHeader(p + "topic", broken.place.topic),
                RecordHeader(p + "partition", String(broken.place.partition)),
                RecordHeader(p + "offset", String(broken.offset)),
                RecordHeader(p + "timestamp", String(broken.timestamp)), RecordHeader(p + "stage", "examples"),
                RecordHeader(p + "reason", broken.poison.reason.rawValue),
                RecordHeader(p + "message", broken.poison.message), RecordHeader(p + "version", "1"),
            ]
        return OutgoingRecord(topic: settings.dlqTopic, key: broken.key, value: broken.value, headers: headers)
    }

    private func letter(_ poison: Poison, _ record: borrowing Record, at time: Int64) -> DashStreamDeadLetter {
        DashStreamDeadLetter(
            poison: poison,
            topic: record.topic,
            partition: record.partition,
            offset: record.offset,
            thread: text(record.key),
            traceparent: text(record.header("traceparent")),
            consumer: settings.instanceID.isEmpty ? settings.appID : "\(settings.appID)-\(settings.instanceID)",
            time: time
        )
    }

    private func text(_ span: RawSpan?) -> String? {
        guard let span else { return nil }
        return Text(utf8: span)?.string
    }

    /// A reference to a group that no record could hold.
    ///
    /// - Parameter bytes: what it would have come to, roughly.
    func record(tooLarge group: DecidedGroup, bytes: Int) -> OutgoingRecord {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("tenant_id")
        writer.string(group.key.tenant.string)
        writer.key("group_id")
        writer.string(group.key.group.string)
        writer.key("bytes")
        writer.integer(Int64(group.members.reduce(bytes) { $0 + $1.rollout.oversize }))
        writer.key("threads")
        writer.beginArray()
        for member in group.members { writer.string(member.rollout.key.thread.string) }
        writer.endArray()
        writer.endObject()
        return stub(key: Array(group.key.group.utf8), writer.bytes, stage: "batch")
    }

    /// A reference to a rollout whose samples are more than `limits.max_rollout_bytes`: its records are where it says.
    func record(tooLarge rollout: Rollout) -> OutgoingRecord {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, text) in [
            ("tenant_id", rollout.key.tenant), ("thread_id", rollout.key.thread), ("group_id", rollout.pairing.groupID),
        ] {
            writer.key(name)
            writer.string(text.string)
        }
        let topic = settings.topics.events[safe: Int(rollout.source.topic)] ?? ""
        writer.key("topic")
        writer.string(topic)
        for (name, number) in [
            ("partition", Int64(rollout.source.partition)), ("first_offset", rollout.source.firstOffset),
            ("last_offset", rollout.source.lastOffset), ("bytes", Int64(rollout.tooLarge)),
        ] {
            writer.key(name)
            writer.integer(number)
        }
        writer.endObject()
        return stub(key: Array(rollout.key.thread.utf8), writer.bytes, stage: "score")
    }

    /// A reference to a record that no broker takes, in its place.
    func record(inPlaceOf record: OutgoingRecord) -> OutgoingRecord {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("topic")
        writer.string(record.topic)
        writer.key("bytes")
        writer.integer(Int64(record.value?.count ?? 0))
        writer.endObject()
        return stub(key: record.key ?? [], writer.bytes, stage: "write")
    }

    private func stub(key: [UInt8], _ value: [UInt8], stage: String) -> OutgoingRecord {
        let p = "__dash_reinforce.errors."
        return OutgoingRecord(
            topic: settings.dlqTopic,
            key: key,
            value: value,
            headers: [
                RecordHeader(p + "stage", stage), RecordHeader(p + "reason", "too_large"),
                RecordHeader(p + "version", "1"),
            ]
        )
    }

    /// A micro-LoRA adapter; the latest of each name counts.
    func record(_ adapter: AdapterRecord) -> OutgoingRecord {
        OutgoingRecord(
            topic: settings.topics.adapters,
            key: adapter.key,
            value: adapter.value,
            headers: [RecordHeader("content-type", "application/x-safetensors")]
        )
    }

    /// What the example of a group lacks after it; nil where nobody wants to know.
    func record(demandOf group: DecidedGroup, _ exclusion: ExclusionReason?) -> OutgoingRecord? {
        guard !settings.topics.demand.isEmpty else { return nil }
        let demand = DemandRecord(group, exclusion)
        return OutgoingRecord(topic: settings.topics.demand, key: demand.key, value: demand.value)
    }

    /// A line of the ledger; nil where none is kept.
    func record(_ entry: LedgerEntry) -> OutgoingRecord? {
        guard !settings.topics.ledger.isEmpty else { return nil }
        var line: [UInt8] = []
        entry.append(to: &line)
        return OutgoingRecord(topic: settings.topics.ledger, key: Array(entry.key.thread.utf8), value: line)
    }

    /// A line of the ledger beside the thread's own: a reward that came after its rollout was scored; nil where none is kept.
    func record(late reward: RewardRecord) -> OutgoingRecord? {
        guard !settings.topics.ledger.isEmpty else { return nil }
        return OutgoingRecord(topic: settings.topics.ledger, key: reward.kafkaKey, value: reward.lateLine)
    }

    private func bytes(_ span: RawSpan?) -> [UInt8]? {
        guard let span else { return nil }
        return unsafe span.withUnsafeBytes { unsafe Array($0) }
    }
}
