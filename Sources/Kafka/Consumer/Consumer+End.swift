internal import CRdkafka

extension Consumer {
    /// The next offset of a partition as the last answer of its broker said it, without asking again.
    ///
    /// - Returns: nil where nothing is known, as before the first answer.
    public func knownEnd(of partition: TopicPartition) -> Int64? {
        var low: Int64 = 0
        var high: Int64 = 0
        let code = unsafe rd_kafka_get_watermark_offsets(
            core.client,
            partition.topic,
            partition.partition,
            &low,
            &high
        )
        return code.rawValue == 0 && high >= 0 ? high : nil
    }
}
