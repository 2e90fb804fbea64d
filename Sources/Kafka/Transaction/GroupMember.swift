internal import CRdkafka

/// What any thread may ask of a consumer while its owner polls it.
///
/// It must not be used any more once the consumer is closed.
public struct GroupMember: Sendable {
    let handle: ClientHandle

    /// Who we are in the group now; nil: nobody, and nothing may be committed.
    public func metadata() throws(KafkaError) -> GroupMetadata? { try handle.groupMetadata() }

    /// What the group has committed; waits while a transaction on it is still open.
    public func committed(_ partitions: [TopicPartition], milliseconds: Int32 = 30_000) throws(KafkaError)
        -> [PartitionOffset]
    { try handle.committed(partitions, milliseconds) }

    /// Commits offsets without a transaction, and waits for the answer.
    public func commit(_ offsets: [PartitionOffset]) throws(KafkaError) { try handle.commit(offsets) }

    /// The first and the next offset of a partition, asked of the broker.
    public func watermarks(_ partition: TopicPartition, milliseconds: Int32 = 10_000) throws(KafkaError)
        -> (low: Int64, high: Int64)
    { try handle.watermarks(partition, milliseconds) }

    /// The first offset at or after a time (milliseconds), for each partition.
    public func offsets(_ partitions: [TopicPartition], at time: Int64, milliseconds: Int32 = 10_000) throws(KafkaError)
        -> [PartitionOffset]
    { try handle.offsets(partitions, at: time, milliseconds) }
}

extension Consumer {
    /// Who we are in the group now; nil: nobody (before the first assignment, after a lost one), and nothing may be
    /// committed: librdkafka hands out a generation of −1 then, which a coordinator accepts without any fence.
    public func groupMetadata() throws(KafkaError) -> GroupMetadata? { try core.handle.groupMetadata() }

    /// What other threads may ask of this consumer.
    public var member: GroupMember { GroupMember(handle: core.handle) }
}

extension RebalanceContext {
    /// Who we are in the group now; nil: nobody, and nothing may be committed.
    public func groupMetadata() throws(KafkaError) -> GroupMetadata? { try core.handle.groupMetadata() }

    /// What other threads may ask of this consumer.
    public var member: GroupMember { GroupMember(handle: core.handle) }
}

extension ClientHandle {
    func groupMetadata() throws(KafkaError) -> GroupMetadata? {
        guard let client = unsafe client, let metadata = unsafe rd_kafka_consumer_group_metadata(client) else {
            return nil
        }
        defer { unsafe rd_kafka_consumer_group_metadata_destroy(metadata) }
        var buffer: UnsafeMutableRawPointer?
        var size = 0
        // the getters came with librdkafka 2.8; the written form is the same since 1.6
        if let error = unsafe rd_kafka_consumer_group_metadata_write(metadata, &buffer, &size) {
            throw unsafe KafkaError(consuming: error, "read the group's metadata")
        }
        defer { unsafe rd_kafka_mem_free(nil, buffer) }
        return unsafe GroupMetadata(written: Array(UnsafeRawBufferPointer(start: buffer, count: size)))
    }

    func committed(_ partitions: [TopicPartition], _ milliseconds: Int32) throws(KafkaError) -> [PartitionOffset] {
        guard let client = unsafe client else {
            throw KafkaError(state: "the consumer is closed", "read what the group has committed")
        }
        let list = PartitionList(partitions)
        let code = unsafe rd_kafka_committed(client, list.pointer, milliseconds)
        if code.rawValue != 0 { throw KafkaError(code, "read what the group has committed") }
        return list.values("read what the group has committed")
    }

    func commit(_ offsets: [PartitionOffset]) throws(KafkaError) {
        guard !offsets.isEmpty else { return }
        let list = PartitionList(offsets)
        let code = unsafe rd_kafka_commit(client, list.pointer, 0)
        if code.rawValue != 0 { throw KafkaError(code, "commit offsets") }
        for place in list.values("commit offsets") { if let error = place.error { throw error } }
    }
}
