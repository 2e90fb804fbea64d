internal import CRdkafka
internal import Foundation
internal import Synchronization

extension ConsumerCore {
    /// Leaves the group within a bound, also where librdkafka keeps a call for ever, as 2.0.2 did in the middle of a
    /// rebalance: that is left to the process's end then. The caller waits, so that its handler is used by one thread only.
    /// A group that does not answer in time is left behind the caller's back: a client that is destroyed in the middle of it
    /// never ends, and spins.
    func close(_ milliseconds: Int) throws(KafkaError) {
        nonisolated(unsafe) let core = self
        let leaving = Pending<Void>()
        Thread.detachNewThread {
            do throws(KafkaError) {
                try unsafe core.leave(milliseconds) { leaving.end(.failure($0)) }
                leaving.end(.success(()))
            } catch {
                leaving.end(.failure(error))
            }
        }
        // what the handler commits takes its time too
        if let result = leaving.wait(milliseconds: 4 * max(0, milliseconds) + 5000) { return try result.get() }
        isAbandoned.store(true, ordering: .relaxed)
        throw Self.unanswered("librdkafka did not come back; it is left alone")
    }

    /// The group is left.
    var isClosed: Bool { unsafe rd_kafka_consumer_closed(client) != 0 }

    /// How long a group is waited for that has not answered in time.
    private static var patience: TimeInterval { 60 }

    /// Closing is asked for in the background, and its rebalance served here: after `isLate` was told, without the handler.
    private func leave(_ milliseconds: Int, isLate: (KafkaError) -> Void) throws(KafkaError) {
        guard let queue = unsafe rd_kafka_queue_new(client) else { return }
        defer { unsafe rd_kafka_queue_destroy(queue) }
        if let error = unsafe rd_kafka_consumer_close_queue(client, queue) {
            throw unsafe KafkaError(consuming: error, "leave the group")
        }
        let deadline = Date(timeIntervalSinceNow: Double(milliseconds) / 1000)
        while !isClosed {
            let now = Date()
            if now >= deadline, !isAbandoned.exchange(true, ordering: .relaxed) {
                isLate(
                    Self.unanswered("the group did not answer within \(milliseconds) ms; it will notice by itself")
                )
            }
            if now >= deadline + Self.patience { return }
            guard let event = unsafe rd_kafka_queue_poll(queue, 100) else { continue }
            if unsafe rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE {
                if let partitions = unsafe rd_kafka_event_topic_partition_list(event) {
                    unsafe handle.callbacks.rebalance?(rd_kafka_event_error(event), partitions)
                }
            }
            unsafe rd_kafka_event_destroy(event)
        }
        unsafe handle.callbacks.rebalance = nil
    }

    private static func unanswered(_ message: String) -> KafkaError {
        KafkaError(.timedOut, "leave the group", message)
    }
}
