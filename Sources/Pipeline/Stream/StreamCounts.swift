public import Reinforce

/// What a stream processor has counted since it began.
public struct StreamCounts: Sendable, Hashable {
    /// Records taken, those read again after a restart included.
    public internal(set) var records = 0
    /// Records that came a second time within one run, and were passed over.
    public internal(set) var repeated = 0
    /// Timestamps that could not be believed.
    public internal(set) var clamped = 0
    /// Threads by fate.
    public internal(set) var fates: [Fate: Int] = [:]
    /// Excluded threads by reason.
    public internal(set) var excluded: [ExclusionReason: Int] = [:]
    /// Groups by what became of them.
    public internal(set) var groups: [DecidedGroup.Status: Int] = [:]
    /// Batches written.
    public internal(set) var batches = 0
    /// Open threads whose first records were deleted before they were read.
    public internal(set) var headLost = 0
    /// Records that went to the dead letters.
    public internal(set) var deadLetters = 0

    /// All zero.
    public init() {}

    mutating func count(_ entry: LedgerEntry) {
        fates[entry.fate, default: 0] += 1
        if let reason = entry.reason { excluded[reason, default: 0] += 1 }
    }

    mutating func count(_ reason: ExclusionReason) {
        fates[.excluded, default: 0] += 1
        excluded[reason, default: 0] += 1
    }

    /// Adds what was counted elsewhere.
    mutating func add(_ other: StreamCounts) {
        records += other.records
        repeated += other.repeated
        clamped += other.clamped
        fates.merge(other.fates, uniquingKeysWith: +)
        excluded.merge(other.excluded, uniquingKeysWith: +)
        groups.merge(other.groups, uniquingKeysWith: +)
        batches += other.batches
        headLost += other.headLost
        deadLetters += other.deadLetters
    }
}
