internal import Foundation
internal import Kafka
internal import Settings

/// Where checkpoints go that are too long to stand beside an offset: a compacted topic; the offset then names the record.
final class CheckpointTopic {
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
        let text = checkpoint.text(group: settings.appID, committed: checkpoint.low)
        guard !Checkpoint.fitsInline(text) else { return text }
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
        return CheckpointPointer(partition: 0, offset: delivery.offset, text: text).text
    }

    /// The checkpoint that a committed text is or names; nil where it is neither.
    func load(_ text: String, committed: Int64) throws(KafkaError) -> Checkpoint? {
        guard let pointer = CheckpointPointer(text) else {
            return try? Checkpoint(text, group: settings.appID, committed: committed)
        }
        var configuration = configuration
        configuration[.groupID] = settings.appID
        configuration[.autoCommit] = false
        configuration[.offsetReset] = "error"
        let consumer = try Consumer(configuration)
        try consumer.assign([PartitionOffset(TopicPartition(name, pointer.partition), .at(pointer.offset))])
        var batch = RecordBatch(capacity: 1)
        var found: Checkpoint?
        for _ in 0..<100 where batch.count == 0 {
            try consumer.poll(into: &batch, milliseconds: 200)
            batch.forEach { record in
                guard record.offset == pointer.offset, let value = record.value else { return }
                let bytes = (0..<value.byteCount).map { unsafe value.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
                guard pointer.names(bytes) else { return }
                let text = String(decoding: bytes, as: UTF8.self)
                found = try? Checkpoint(text, group: settings.appID, committed: committed)
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
