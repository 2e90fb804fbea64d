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

/// One line of the ledger: a thread, its fate and what is known of it. It refers to the thread, so that an entry is small.
public struct LedgerEntry: Sendable {
    let thread: FinishedThread
    /// Where it ended.
    public var fate: Fate
    /// Why, where it is excluded.
    public var reason: ExclusionReason?
    /// Its reward, where it counts.
    public var reward: Double?
    /// Its advantage, where its reward counts.
    public var advantage: Double?
    /// Messages that came twice.
    public var duplicates: Int
    /// Main-lane messages that came too late.
    public var late: Int

    /// A thread that was excluded before it came to a group.
    public init(_ thread: ExcludedThread) { self.init(.excluded(thread), .excluded, thread.reason) }

    /// A member of a decided group.
    public init(_ member: DecidedGroup.Member) {
        let fate: Fate =
            if member.isSuperseded { .superseded } else if member.exclusion != nil { .excluded } else {
                member.trains ? .trained : .voted
            }
        self.init(.rollout(member.rollout), fate, member.exclusion)
        if member.votes {
            reward = member.rollout.reward
            advantage = member.advantage
        }
    }

    /// A thread that is over, its group not decided: what is known of it alone.
    public init(_ thread: FinishedThread) {
        switch thread {
        case .excluded(let thread): self.init(thread)
        case .rollout(let rollout):
            self.init(thread, rollout.exclusion == nil ? .voted : .excluded, rollout.exclusion)
            reward = rollout.reward
        }
    }

    /// A rollout that came after its group had closed.
    public init(late rollout: Rollout) { self.init(rollout, .late) }

    /// A rollout that is excluded without a look at its group.
    public init(_ rollout: Rollout, _ reason: ExclusionReason) { self.init(.rollout(rollout), .excluded, reason) }

    private init(_ thread: FinishedThread, _ fate: Fate, _ reason: ExclusionReason?) {
        self.thread = thread
        self.fate = fate
        self.reason = reason
        (duplicates, late) = thread.withTrajectory { ($0.duplicates, $0.late) }
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

/// What is known of the thread itself.
extension LedgerEntry {
    /// The thread.
    public var key: ThreadKey { thread.key }
    /// What the reason alone does not tell.
    public var detail: ExclusionDetail? { if case .excluded(let thread) = thread { thread.detail } else { nil } }
    /// How it ended.
    public var outcome: Outcome { thread.trajectory.outcome }
    /// Whom it belongs to, where that is known.
    public var pairing: Pairing? {
        switch thread {
        case .rollout(let rollout): rollout.pairing
        case .excluded(let thread): thread.pairing
        }
    }
    /// What its reward was made of.
    public var rewards: [RewardValue] { thread.rollout?.rewards ?? [] }
    /// Node executions of which anything was seen, a start or an end.
    public var nodes: Int { thread.trajectory.nodesSeen }
    /// Sequence numbers that are missing.
    public var missing: UInt64 { thread.trajectory.missing }
    /// The first 1,000 of them.
    public var missingSequences: [UInt64] { thread.trajectory.missingSequences }
    /// Unverified states that became verified again.
    public var resyncs: Int { thread.trajectory.resyncs }
    /// Whether the final state is verified.
    public var stateVerified: Bool { thread.trajectory.stateVerified }
    /// SHA-256 of the final state; nil where it is not verified.
    public var finalStateDigest: [UInt8]? { thread.trajectory.finalStateDigest }
    /// Where its records stand.
    public var source: SourceRange { thread.trajectory.source }
}
