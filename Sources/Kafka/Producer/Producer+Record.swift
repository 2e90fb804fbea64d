extension Producer {
    /// Takes a record over, as ``enqueue(topic:partition:key:value:headers:timestamp:onDelivery:)`` does.
    public func enqueue(
        _ record: OutgoingRecord,
        onDelivery: (@Sendable (Result<Delivery, KafkaError>) -> Void)? = nil
    ) throws(KafkaError) {
        try enqueue(
            topic: record.topic,
            partition: record.partition,
            key: record.key,
            value: record.value,
            headers: record.headers,
            timestamp: record.timestamp,
            onDelivery: onDelivery
        )
    }
}
