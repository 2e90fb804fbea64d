internal import CRdkafka
internal import Foundation

/// Which partitions stand still, and where the others go on.
extension ConsumerCore {
    func pause(_ partitions: [TopicPartition]) throws(KafkaError) {
        let list = PartitionList(partitions)
        let code = unsafe rd_kafka_pause_partitions(client, list.pointer)
        if code.rawValue != 0 { throw KafkaError(code, "pause") }
    }

    func resume(_ partitions: [TopicPartition]) throws(KafkaError) {
        let list = PartitionList(partitions)
        let code = unsafe rd_kafka_resume_partitions(client, list.pointer)
        if code.rawValue != 0 { throw KafkaError(code, "go on") }
    }

    /// Goes on at another offset.
    ///
    /// - Parameter milliseconds: how long to wait until it is so; 0: it happens a moment later.
    func seek(_ place: PartitionOffset, milliseconds: Int32) throws(KafkaError) {
        guard let topic = unsafe rd_kafka_topic_new(client, place.partition.topic, nil) else { return }
        defer { unsafe rd_kafka_topic_destroy(topic) }
        // not rd_kafka_seek_partitions, whose time-out is a thousandth of what it says before 2.1
        let code = unsafe rd_kafka_seek(topic, place.partition.partition, place.offset.raw, milliseconds)
        if code.rawValue != 0 { throw KafkaError(code, "seek in \(place.partition)") }
    }

    /// The same as soon as the partition's assignment has come about, which is a moment after it was made.
    func seekOnceAssigned(_ place: PartitionOffset) throws(KafkaError) {
        let deadline = Date(timeIntervalSinceNow: 10)
        while true {
            do throws(KafkaError) {
                return try seek(place, milliseconds: 1000)
            } catch {
                guard [.state, .inProgress, .timedOut].contains(error.code), Date() < deadline else { throw error }
                Thread.sleep(forTimeInterval: 0.01)
            }
        }
    }
}
