internal import Foundation
internal import Kafka
internal import Settings

/// Where checkpoints go that are too long to stand beside an offset: a compacted topic; the offset then names the record.
final class CheckpointTopic {
    /// Characters that a broker takes beside an offset with room to spare (its default limit is 4,096).
    static let inlineLimit = 2048
    private let name: String
    private let settings: Settings
    private let configuration: ClientConfiguration
    private let producer: Producer

    init(_ settings: Settings, _ configuration: ClientConfiguration, _ producer: Producer) {
        name = settings.topics.checkpoints.isEmpty ? "\(settings.appID)-checkpoints" : settings.topics.checkpoints
        self.settings = settings
        self.configuration = configuration
        self.producer = producer
    }

    /// The text to commit for a checkpoint: itself, or where it stands.
    func store(_ checkpoint: Checkpoint, of partition: TopicPartition) throws(KafkaError) -> String {
        let text = checkpoint.text
        guard text.utf8.count > Self.inlineLimit else { return text }
        let done = Slot()
        try producer.enqueue(
            topic: name,
            partition: 0,
            key: Array("\(settings.appID)|\(partition)".utf8),
            value: Array(text.utf8)
        ) { done.set($0) }
        try producer.flush(milliseconds: 30_000)
        guard let delivery = try done.result?.get() else {
            throw KafkaError(
                code: -185,
                name: "_TIMED_OUT",
                recovery: .retry,
                message: "no answer",
                operation: "write a checkpoint"
            )
        }
        return "@\(delivery.offset):\(crc32(Array(text.utf8)))"
    }

    /// The checkpoint that a committed text is or names; nil where it is neither.
    func load(_ text: String) throws(KafkaError) -> Checkpoint? {
        guard text.hasPrefix("@") else { return Checkpoint(text) }
        let parts = text.dropFirst().split(separator: ":")
        guard parts.count == 2, let offset = Int64(parts[0]), let sum = UInt32(parts[1]) else { return nil }
        var configuration = configuration
        configuration[.groupID] = settings.appID
        configuration[.autoCommit] = false
        configuration[.offsetReset] = "error"
        let consumer = try Consumer(configuration)
        try consumer.assign([PartitionOffset(TopicPartition(name, 0), .at(offset))])
        var batch = RecordBatch(capacity: 1)
        var found: Checkpoint?
        for _ in 0..<100 where batch.count == 0 {
            try consumer.poll(into: &batch, milliseconds: 200)
            batch.forEach { record in
                guard record.offset == offset, let value = record.value else { return }
                let bytes = (0..<value.byteCount).map { unsafe value.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
                if crc32(bytes) == sum { found = Checkpoint(String(decoding: bytes, as: UTF8.self)) }
            }
        }
        return found
    }

    private final class Slot: @unchecked Sendable {
        private let lock = NSLock()
        private var value: Result<Delivery, KafkaError>?
        var result: Result<Delivery, KafkaError>? { lock.withLock { value } }
        func set(_ result: Result<Delivery, KafkaError>) { lock.withLock { value = result } }
    }
}
