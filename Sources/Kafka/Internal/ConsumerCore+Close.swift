internal import CRdkafka
internal import Foundation

extension ConsumerCore {
    /// Leaves the group within a bound: closing is asked for in the background, and its rebalance served here.
    func close(_ milliseconds: Int) throws(KafkaError) {
        guard let queue = unsafe rd_kafka_queue_new(client) else { return }
        defer { unsafe rd_kafka_queue_destroy(queue) }
        if let error = unsafe rd_kafka_consumer_close_queue(client, queue) {
            throw unsafe KafkaError(consuming: error, "leave the group")
        }
        let deadline = Date(timeIntervalSinceNow: Double(milliseconds) / 1000)
        while unsafe rd_kafka_consumer_closed(client) == 0 {
            guard Date() < deadline else {
                throw KafkaError(
                    .timedOut,
                    "leave the group",
                    "the group did not answer within \(milliseconds) ms; it will notice by itself"
                )
            }
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
}
