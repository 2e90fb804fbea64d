internal import CRdkafka

extension ClientHandle {
    func watermarks(_ partition: TopicPartition, _ milliseconds: Int32) throws(KafkaError) -> (low: Int64, high: Int64)
    {
        guard let client = unsafe client else {
            throw KafkaError(state: "the consumer is closed", "read offsets")
        }
        var low: Int64 = 0
        var high: Int64 = 0
        let code = unsafe rd_kafka_query_watermark_offsets(
            client,
            partition.topic,
            partition.partition,
            &low,
            &high,
            milliseconds
        )
        if code.rawValue != 0 { throw KafkaError(code, "read where \(partition) begins and ends") }
        return (low, high)
    }

    func offsets(_ partitions: [TopicPartition], at time: Int64, _ milliseconds: Int32) throws(KafkaError)
        -> [PartitionOffset]
    {
        guard let client = unsafe client else {
            throw KafkaError(state: "the consumer is closed", "read offsets")
        }
        let list = PartitionList(partitions.map { PartitionOffset($0, .at(max(0, time))) })
        let code = unsafe rd_kafka_offsets_for_times(client, list.pointer, milliseconds)
        if code.rawValue != 0 { throw KafkaError(code, "look offsets up by time") }
        return list.values("look offsets up by time")
    }
}
