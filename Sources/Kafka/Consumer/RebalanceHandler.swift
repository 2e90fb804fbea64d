/// Decides what happens when partitions come and go. Called on the thread that polls, while nothing else is read.
public protocol RebalanceHandler: AnyObject {
    /// Partitions that ``assigned(_:_:)`` does not name are not read before ``Consumer/take(_:)`` says where to begin.
    var takesLater: Bool { get }

    /// Partitions are ours now. The group waits meanwhile.
    ///
    /// - Returns: where to begin in each; what is not named begins where the group has committed, or is taken later.
    /// - Throws: then none of them is read, and the error comes out of ``Consumer/poll(into:milliseconds:)``.
    func assigned(_ partitions: [TopicPartition], _ context: RebalanceContext) throws(KafkaError) -> [PartitionOffset]

    /// Partitions leave us. Where they are not lost, offsets may still be committed.
    func revoked(_ partitions: [TopicPartition], lost: Bool, _ context: RebalanceContext)
}

extension RebalanceHandler {
    /// All of them are read at once.
    public var takesLater: Bool { false }
}

/// What a rebalance handler may ask of its consumer.
public struct RebalanceContext {
    let core: ConsumerCore

    /// What the group has committed.
    public func committed(_ partitions: [TopicPartition], milliseconds: Int32 = 30_000) throws(KafkaError)
        -> [PartitionOffset]
    { try core.committed(partitions, milliseconds) }

    /// Commits and waits for the answer.
    public func commit(_ offsets: [PartitionOffset]) throws(KafkaError) { try core.commit(offsets) }

    /// The first and the next offset of a partition, asked of the broker.
    public func watermarks(_ partition: TopicPartition, milliseconds: Int32 = 10_000) throws(KafkaError)
        -> (low: Int64, high: Int64)
    { try core.watermarks(partition, milliseconds) }

    /// The first offset at or after a time (milliseconds), for each partition.
    public func offsets(_ partitions: [TopicPartition], at time: Int64, milliseconds: Int32 = 10_000) throws(KafkaError)
        -> [PartitionOffset]
    { try core.offsets(partitions, at: time, milliseconds) }
}
