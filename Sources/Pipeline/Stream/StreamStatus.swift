public import Kafka
public import Telemetry

/// How a stream processor has fared since it began, beside what it counted.
public struct StreamStatus: Sendable, Hashable {
    /// Records read, those read again after a restart included.
    public internal(set) var recordsRead = 0
    /// Records read again to take up what was open.
    public internal(set) var replayed = 0
    /// Partitions taken up from a checkpoint by reading again.
    public internal(set) var restores = 0
    /// Partitions that came back with all we held of them.
    public internal(set) var retained = 0
    /// Partitions that were taken away without asking.
    public internal(set) var lost = 0
    /// Rebalances.
    public internal(set) var rebalances = 0
    /// Transactions that did not begin because we were no member.
    public internal(set) var notMember = 0
    /// Checkpoints that were too long to stand beside an offset.
    public internal(set) var pointers = 0
    /// Parts of threads that were spilled.
    public internal(set) var spills = 0
    /// Milliseconds of the last commits, for their median and maximum.
    private var durations: [Int64] = []

    /// All zero.
    public init() {}

    mutating func noteCommit(milliseconds: Int64) {
        durations.append(milliseconds)
        if durations.count > 512 { durations.removeFirst(256) }
    }

    /// As values of a log line.
    func values(_ counts: LiveCounts, _ transactions: TransactionCounts) -> [String: LogValue] {
        let sorted = durations.sorted()
        var values: [String: LogValue] = [
            "records": .init(recordsRead), "replayed": .init(replayed), "restores": .init(restores),
            "retained": .init(retained), "lost": .init(lost), "rebalances": .init(rebalances),
            "commits": .init(transactions.commits), "not_member": .init(notMember + transactions.notMember),
            "aborts": .init(transactions.aborts.values.reduce(0, +)), "in_doubt": .init(transactions.inDoubt),
            "recycled": .init(transactions.recycled), "rebuilt": .init(transactions.rebuilt),
            "pointers": .init(pointers), "spills": .init(spills), "batches": .init(counts.batches),
            "dead_letters": .init(counts.deadLetters), "repeated": .init(counts.repeated),
            "head_lost": .init(counts.headLost),
        ]
        for (fate, count) in counts.fates { values[fate.rawValue] = .init(count) }
        if let last = sorted.last {
            values["commit_ms_median"] = .init(Int(sorted[sorted.count / 2]))
            values["commit_ms_max"] = .init(Int(last))
        }
        return values
    }
}
