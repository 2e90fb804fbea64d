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
    /// The same by reason.
    public internal(set) var deadLetterReasons: [String: Int] = [:]
    /// Messages whose id their thread already had.
    public internal(set) var duplicates = 0
    /// Messages that came after their thread was over, or behind its end.
    public internal(set) var late = 0
    /// Rewards from outside the trace that came after their rollout was scored, and say something else.
    public internal(set) var lateRewards = 0
    /// Rollouts whose reward counts.
    public internal(set) var rewards = 0
    /// The sum of their rewards.
    public internal(set) var rewardSum = 0.0
    /// Groups in which there is something to learn.
    public internal(set) var informativeGroups = 0
    /// Groups whose outcome has no variance though their total has: nothing but shaping told their members apart.
    public internal(set) var phantomGroups = 0

    /// All zero.
    public init() {}

    mutating func count(_ entry: LedgerEntry) {
        fates[entry.fate, default: 0] += 1
        if let reason = entry.reason { excluded[reason, default: 0] += 1 }
        guard let reward = entry.reward else { return }
        rewards += 1
        rewardSum += reward
    }

    mutating func count(_ group: DecidedGroup) {
        groups[group.status, default: 0] += 1
        if group.status == .ok, group.signal == .ok { informativeGroups += 1 }
        if group.isPhantom { phantomGroups += 1 }
    }

    mutating func countDeadLetter(_ reason: String) {
        deadLetters += 1
        deadLetterReasons[reason, default: 0] += 1
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
        deadLetterReasons.merge(other.deadLetterReasons, uniquingKeysWith: +)
        duplicates += other.duplicates
        late += other.late
        lateRewards += other.lateRewards
        rewards += other.rewards
        rewardSum += other.rewardSum
        informativeGroups += other.informativeGroups
        phantomGroups += other.phantomGroups
    }
}
