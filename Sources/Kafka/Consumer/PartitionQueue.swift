internal import CRdkafka

/// The records of one partition apart from those of the others, so that several threads can read several partitions of one
/// consumer at the same time. One thread reads a queue at a time.
///
/// Its batch call is safe because nothing seeks, pauses or rebalances beside it: partitions are taken with
/// ``Consumer/assign(_:)`` after their queues were made, and stay. Queues and batches must be gone before their consumer.
@safe
public final class PartitionQueue: @unchecked Sendable {
    /// The partition.
    public let partition: TopicPartition
    private let queue: OpaquePointer

    init(_ client: OpaquePointer?, _ partition: TopicPartition) throws(KafkaError) {
        guard let queue = unsafe rd_kafka_queue_get_partition(client, partition.topic, partition.partition) else {
            throw KafkaError(configuration: "there is no such partition", "read \(partition)")
        }
        self.partition = partition
        unsafe self.queue = queue
        // its records no longer go to the consumer's own queue
        unsafe rd_kafka_queue_forward(queue, nil)
    }

    deinit { unsafe rd_kafka_queue_destroy(queue) }

    /// Takes what is there, at most `limit` records, and waits for it at most so long; never waits to fill the batch.
    ///
    /// - Throws: what went wrong with the partition; what was read before it is in the batch.
    public func poll(into batch: inout RecordBatch, limit: Int = .max, milliseconds: Int32) throws(KafkaError) {
        batch.removeAll()
        let limit = min(limit, batch.capacity)
        guard limit > 0 else { return }
        // the batch call would wait until the batch is full
        var problem = unsafe batch.take(from: queue, limit, 0)
        if batch.count == 0, batch.ends.isEmpty, problem == nil, milliseconds > 0 {
            unsafe problem = batch.take(from: queue, 1, milliseconds)
            if problem == nil, batch.count == 1, limit > 1 { unsafe problem = batch.take(from: queue, limit - 1, 0) }
        }
        if let problem { throw problem }
    }
}

extension Consumer {
    /// The records of one partition, apart from what ``poll(into:milliseconds:)`` gives. Before ``assign(_:)``.
    public func queue(of partition: TopicPartition) throws(KafkaError) -> PartitionQueue {
        try unsafe PartitionQueue(client, partition)
    }
}

extension RecordBatch {
    /// Appends what a queue holds; the first error among it is returned.
    mutating func take(from queue: OpaquePointer, _ limit: Int, _ milliseconds: Int32) -> KafkaError? {
        var problem: KafkaError?
        let room = min(limit, capacity - count)
        guard room > 0 else { return nil }
        let found = unsafe free.withMemoryRebound(to: UnsafeMutablePointer<rd_kafka_message_t>?.self, capacity: room) {
            unsafe rd_kafka_consume_batch_queue(queue, milliseconds, $0, room)
        }
        guard found > 0 else { return nil }
        var kept = 0
        for index in 0..<found {
            let message = unsafe free[index]
            if unsafe message.pointee.err.rawValue == 0 {
                unsafe free[kept] = unsafe message
                kept += 1
                continue
            }
            let error = unsafe Consumer.problem(message, &self)
            unsafe rd_kafka_message_destroy(message)
            problem = problem ?? error
        }
        add(kept)
        return problem
    }
}
