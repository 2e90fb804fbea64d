internal import Kafka
internal import Reinforce
internal import Telemetry

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
    /// Partitions that were lost: another member had them before they were handed over.
    public internal(set) var lost = 0
    /// Lives as a member of the group that ended early, with new clients after each.
    public internal(set) var rejoins = 0
    /// Rebalances.
    public internal(set) var rebalances = 0
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
    func values(_ counts: StreamCounts, _ transactions: TransactionCounts) -> [(key: String, value: LogValue)] {
        var numbers: [(String, Int)] = [
            ("records", recordsRead), ("replayed", replayed), ("restores", restores), ("retained", retained),
            ("lost", lost), ("rebalances", rebalances), ("rejoins", rejoins), ("commits", transactions.commits),
            ("not_member", transactions.notMember), ("aborts", transactions.aborts.values.reduce(0, +)),
            ("in_doubt", transactions.inDoubt), ("recycled", transactions.recycled), ("rebuilt", transactions.rebuilt),
            ("pointers", pointers), ("spills", spills), ("batches", counts.batches),
            ("dead_letters", counts.deadLetters), ("repeated", counts.repeated), ("head_lost", counts.headLost),
            ("duplicates", counts.duplicates), ("late", counts.late), ("late_rewards", counts.lateRewards),
            ("clamped", counts.clamped),
            ("informative_groups", counts.informativeGroups),
        ]
        for fate in Fate.allCases { numbers.append((fate.rawValue, counts.fates[fate] ?? 0)) }
        let sorted = durations.sorted()
        if let last = sorted.last {
            numbers += [("commit_ms_median", Int(sorted[sorted.count / 2])), ("commit_ms_max", Int(last))]
        }
        for (reason, count) in counts.excluded.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            numbers.append(("excluded_\(reason.rawValue)", count))
        }
        for (reason, count) in counts.deadLetterReasons.sorted(by: { $0.key < $1.key }) {
            numbers.append(("dead_letters_\(reason)", count))
        }
        var values: [(key: String, value: LogValue)] = numbers.map { (key: $0.0, value: .init($0.1)) }
        if counts.rewards > 0 {
            values.append((key: "reward_mean", value: .number(counts.rewardSum / Double(counts.rewards))))
        }
        return values
    }
}
