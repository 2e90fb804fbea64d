internal import DashStream
internal import JSON
internal import Kafka
internal import Reinforce
internal import Settings

/// Writes batches and dead letters; nothing is committed before all of it is known to be written.
final class LiveOutput {
    private let producer: Producer
    private let settings: Settings
    private let estimator: Estimator
    private let batches: BatchConfiguration
    private(set) var batchesWritten = 0
    private(set) var deadLetters = 0

    init(_ producer: Producer, _ settings: Settings, _ estimator: Estimator) {
        self.producer = producer
        self.settings = settings
        self.estimator = estimator
        batches = settings.batchConfiguration()
    }

    private var dlqTopic: String { settings.topics.dlq.isEmpty ? "\(settings.appID)-dlq" : settings.topics.dlq }

    /// Writes a batch, keyed by its group, or its tenant where it holds several.
    func write(_ batch: Batch) throws(KafkaError) {
        let key = batch.groups.count == 1 ? batch.groups.first?.group.key.group : batch.tenant
        try producer.enqueue(
            topic: settings.topics.output,
            key: key.map { Array($0.utf8) },
            value: batch.encoded(sequence: 0, estimator: estimator, batches),
            headers: [
                RecordHeader("content-type", batch.format.contentType), RecordHeader("schema-version", "1"),
                RecordHeader("batch-id", batch.id), RecordHeader("estimator", estimator.preset),
            ],
            timestamp: batch.createdAt / 1000
        )
        batchesWritten += 1
    }

    /// Writes a record that cannot be read, as `dlq.format` says: its own bytes and why, in headers, or DashStream's JSON.
    ///
    /// - Parameter time: the time of day, milliseconds since 1970.
    func write(poison: Poison, _ record: borrowing Record, at time: Int64) throws(KafkaError) {
        if settings.dlq.format == "dashstream" {
            let letter = DashStreamDeadLetter(
                poison: poison,
                topic: record.topic,
                partition: record.partition,
                offset: record.offset,
                thread: text(record.key),
                traceparent: record.headers.first { $0.name == "traceparent" }.flatMap { header in
                    header.value.flatMap { String(validating: $0, as: UTF8.self) }
                },
                consumer: settings.instanceID.isEmpty ? settings.appID : "\(settings.appID)-\(settings.instanceID)",
                time: time
            )
            try producer.enqueue(
                topic: dlqTopic,
                key: bytes(record.key),
                value: letter.json(record.value),
                headers: record.headers
            )
        } else {
            try producer.enqueue(
                topic: dlqTopic,
                key: bytes(record.key),
                value: bytes(record.value),
                headers: record.headers + why(poison, record)
            )
        }
        deadLetters += 1
    }

    private func why(_ poison: Poison, _ record: borrowing Record) -> [RecordHeader] {
        let p = "__dash_reinforce.errors."
        return [
            RecordHeader(p + "topic", record.topic), RecordHeader(p + "partition", String(record.partition)),
            RecordHeader(p + "offset", String(record.offset)),
            RecordHeader(p + "timestamp", String(record.timestamp)),
            RecordHeader(p + "stage", "decode"), RecordHeader(p + "reason", poison.reason.rawValue),
            RecordHeader(p + "message", poison.message), RecordHeader(p + "thread_id", bytes(record.key) ?? []),
            RecordHeader(p + "version", "1"),
        ]
    }

    /// Writes a reference to a group that no record could hold.
    func write(tooLarge group: RenderedGroup) throws(KafkaError) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("tenant_id")
        writer.string(group.group.key.tenant.string)
        writer.key("group_id")
        writer.string(group.group.key.group.string)
        writer.key("bytes")
        writer.integer(Int64(group.body.count))
        writer.key("threads")
        writer.beginArray()
        for member in group.group.members { writer.string(member.rollout.key.thread.string) }
        writer.endArray()
        writer.endObject()
        try producer.enqueue(
            topic: dlqTopic,
            key: Array(group.group.key.group.utf8),
            value: writer.bytes,
            headers: [
                RecordHeader("__dash_reinforce.errors.stage", "batch"),
                RecordHeader("__dash_reinforce.errors.reason", "too_large"),
                RecordHeader("__dash_reinforce.errors.version", "1"),
            ]
        )
        deadLetters += 1
    }

    /// Waits until all of it is written.
    func flush() throws(KafkaError) {
        try producer.flush(milliseconds: 30_000)
        if let failure = producer.counts.firstFailure { throw failure }
    }

    func close() throws(KafkaError) { try producer.close(milliseconds: 30_000) }

    private func text(_ span: RawSpan?) -> String? {
        guard let span else { return nil }
        return Text(utf8: span)?.string
    }

    private func bytes(_ span: RawSpan?) -> [UInt8]? {
        guard let span else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(span.byteCount)
        for index in 0..<span.byteCount { bytes.append(unsafe span.unsafeLoad(fromByteOffset: index, as: UInt8.self)) }
        return bytes
    }
}
