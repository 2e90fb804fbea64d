import JSON

/// Where a thread ended: exactly one of these each.
public enum Fate: String, Sendable, Hashable, CaseIterable {
    /// It votes and is given to the trainer.
    case trained
    /// It votes only.
    case voted
    /// It does not count, for a reason.
    case excluded
    /// Another attempt at its slot took its place.
    case superseded
}

/// One line of the ledger: a thread, its fate and what is known of it.
public struct LedgerEntry: Sendable {
    /// The thread.
    public let key: ThreadKey
    /// Where it ended.
    public var fate: Fate
    /// Why, where it is excluded.
    public var reason: ExclusionReason?
    /// What the reason alone does not tell.
    public private(set) var detail: ExclusionDetail?
    /// How it ended.
    public let outcome: Outcome
    /// Whom it belongs to, where that is known.
    public let pairing: Pairing?
    /// Its reward, where it counts.
    public var reward: Double?
    /// What its reward was made of.
    public let rewards: [RewardValue]
    /// Its advantage, where its reward counts.
    public var advantage: Double?
    /// Node executions of which anything was seen, a start or an end.
    public let nodes: Int
    /// Messages that came twice.
    public var duplicates: Int
    /// Main-lane messages that came too late.
    public var late: Int
    /// Sequence numbers that are missing.
    public let missing: UInt64
    /// The first 1,000 of them.
    public let missingSequences: [UInt64]
    /// Unverified states that became verified again.
    public let resyncs: Int
    /// Whether the final state is verified.
    public let stateVerified: Bool
    /// SHA-256 of the final state; nil where it is not verified.
    public let finalStateDigest: [UInt8]?
    /// Where its records stand.
    public let source: SourceRange

    /// A thread that was excluded before it came to a group.
    public init(_ thread: ExcludedThread) {
        self.init(thread.trajectory, thread.pairing, [], .excluded, thread.reason)
        detail = thread.detail
    }

    /// A member of a decided group.
    public init(_ member: DecidedGroup.Member) {
        let rollout = member.rollout
        let fate: Fate =
            if member.isSuperseded { .superseded } else if member.exclusion != nil { .excluded } else {
                member.trains ? .trained : .voted
            }
        self.init(rollout.trajectory, rollout.pairing, rollout.rewards, fate, member.exclusion)
        if member.votes {
            reward = rollout.reward
            advantage = member.advantage
        }
    }

    /// A thread that is over, its group not decided: what is known of it alone.
    public init(_ thread: FinishedThread) {
        switch thread {
        case .excluded(let thread): self.init(thread)
        case .rollout(let rollout):
            let fate: Fate = rollout.exclusion == nil ? .voted : .excluded
            self.init(rollout.trajectory, rollout.pairing, rollout.rewards, fate, rollout.exclusion)
            reward = rollout.reward
        }
    }

    /// A rollout that came after its group had closed.
    public init(late rollout: Rollout) { self.init(rollout, .late) }

    /// A rollout that is excluded without a look at its group.
    public init(_ rollout: Rollout, _ reason: ExclusionReason) {
        self.init(rollout.trajectory, rollout.pairing, rollout.rewards, .excluded, reason)
    }

    private init(
        _ trajectory: Trajectory,
        _ pairing: Pairing?,
        _ rewards: [RewardValue],
        _ fate: Fate,
        _ reason: ExclusionReason?
    ) {
        key = trajectory.key
        self.fate = fate
        self.reason = reason
        outcome = trajectory.outcome
        self.pairing = pairing
        self.rewards = rewards
        nodes = trajectory.nodesSeen
        duplicates = trajectory.duplicates
        late = trajectory.late
        missing = trajectory.missing
        missingSequences = trajectory.missingSequences
        resyncs = trajectory.resyncs
        stateVerified = trajectory.stateVerified
        finalStateDigest = trajectory.finalStateDigest
        source = trajectory.source
    }

    /// The same thread, taken out of its group after all.
    public func excluded(_ reason: ExclusionReason) -> LedgerEntry {
        var entry = self
        guard entry.fate == .trained || entry.fate == .voted else { return entry }
        entry.fate = .excluded
        entry.reason = reason
        entry.reward = nil
        entry.advantage = nil
        return entry
    }
}
