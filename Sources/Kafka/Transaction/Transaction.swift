/// Records and offsets that become visible together or not at all.
public struct Transaction: Sendable {
    /// What is written, in this order.
    public var records: [OutgoingRecord]
    /// The offsets to commit with it, given the fate of the records that report theirs, in order. Called when all of
    /// those are written. Whatever the records are derived from needs an offset here, even an unchanged one: it is the
    /// only fence of the group.
    public var offsets: @Sendable ([Delivery]) -> [PartitionOffset]

    /// A transaction.
    public init(
        _ records: [OutgoingRecord],
        offsets: @escaping @Sendable ([Delivery]) -> [PartitionOffset] = { _ in [] }
    ) {
        self.records = records
        self.offsets = offsets
    }
}

/// What has become of a transaction. That it was not committed is a normal result: the same may be run again.
public enum TransactionOutcome: Sendable, Hashable {
    /// It is there, whole.
    case committed
    /// It is not: we are no member of the group now (or its partitions went to others), so poll first.
    case notMember
    /// It is not: nothing of it is visible, and it may be run again. `record` is the index of the record that could not
    /// be written, where it was one; ``KafkaError/isTooLarge`` asks for a smaller one in its place.
    case aborted(KafkaError, record: Int?)
}

/// What has happened since the producer began.
public struct TransactionCounts: Sendable, Hashable {
    /// Transactions that were committed.
    public internal(set) var commits = 0
    /// Transactions that were aborted, by the name of the error.
    public internal(set) var aborts: [String: Int] = [:]
    /// Transactions that were not begun, or given up, because we were no member of the group.
    public internal(set) var notMember = 0
    /// New instances because the fate of an earlier request to the coordinator was unsure.
    public internal(set) var recycled = 0
    /// New instances after a fatal error.
    public internal(set) var rebuilt = 0
    /// Commits whose answer did not come in time.
    public internal(set) var inDoubt = 0

    /// Nothing yet.
    public init() {}

    /// What has happened to one producer and to its successor.
    public static func + (a: Self, b: Self) -> Self {
        var sum = a
        sum.commits += b.commits
        sum.aborts.merge(b.aborts, uniquingKeysWith: +)
        sum.notMember += b.notMember
        sum.recycled += b.recycled
        sum.rebuilt += b.rebuilt
        sum.inDoubt += b.inDoubt
        return sum
    }
}
