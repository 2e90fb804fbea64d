public import JSON

/// A group after it closed: who was in it, what counts, and each member's advantage.
public final class DecidedGroup: Sendable {
    /// What became of a group.
    public enum Status: String, Sendable, Hashable, CaseIterable {
        /// It has statistics and is emitted.
        case ok
        /// Members disagree on example, size or policy.
        case conflict
        /// Too few voting members.
        case insufficient
        /// Partial, and partial groups are dropped.
        case partial
        /// Nothing to learn from, and such groups are dropped.
        case zeroVariance = "zero_variance"
        /// An advantage came out not finite.
        case quarantined
        /// Its policy is too old.
        case stale
    }

    /// One claimant of the group, in the order (rollout_index, thread_id).
    public struct Member: Sendable {
        /// The rollout.
        public let rollout: Rollout
        /// Its reward enters the statistics.
        public internal(set) var votes: Bool
        /// It is given to the trainer.
        public internal(set) var trains: Bool
        /// Why it does not count.
        public internal(set) var exclusion: ExclusionReason?
        /// Another attempt took its place.
        public internal(set) var isSuperseded: Bool
        /// Its advantage; 0 where it does not vote.
        public internal(set) var advantage: Double
        /// Those of its calls and samples; nil: they have the rollout's.
        var parts: PartAdvantages?
    }

    /// The group.
    public let key: GroupKey
    /// The example its members tried.
    public let example: Example
    /// The policy of its members.
    public let policyVersion: Text
    /// Rollouts it is meant to have.
    public let expectedSize: Int
    /// Why it closed.
    let closeReason: GroupTimeline.CloseReason
    /// Record time of the close, milliseconds.
    let closedAt: Int64
    /// What was said of it as a whole, to be written with it; empty in a replay, which reads it.
    public let rankings: [GroupRewardRecord]
    /// What became of it.
    public let status: Status
    /// Whether there is anything to learn from.
    public let signal: Signal
    /// Over the members that vote.
    public let statistics: GroupStatistics
    /// Everyone who claimed a slot in time.
    public let members: [Member]
    /// Those who came after the close.
    public let late: [Rollout]
    /// The outcome had no variance though the total had.
    public let isPhantom: Bool
    /// Offset of its first record on the scored topic, where it came from there.
    public let first: Int64?

    /// How often the group was written before; 0: this is the first time.
    public let revision: Int
    /// The digest, in hexadecimal, of what this takes the place of; nil: nothing was written before.
    public let supersedes: String?
    /// What the kernel had of the members that hold their slot.
    let kernelMembers: [KernelMember]
    /// What its members' calls and samples were compared with.
    let comparisons: [PartComparison]

    init(_ draft: GroupDraft) {
        kernelMembers = draft.kernelMembers
        comparisons = draft.comparisons
        key = draft.key
        first = draft.first
        example = draft.example
        policyVersion = draft.policyVersion
        expectedSize = draft.expectedSize
        closeReason = draft.timeline.reason
        closedAt = draft.timeline.closedAt
        rankings = draft.rankings
        status = draft.status
        signal = draft.advantages.signal
        statistics = draft.advantages.statistics
        members = draft.members
        late = draft.late
        isPhantom = draft.advantages.phantom
        revision = 0
        supersedes = nil
    }

    /// Header time of the last deciding event of a member that votes, else of any: what groups leave in the order of.
    public var decidedAt: Int64 {
        members.lazy.filter(\.votes).map(\.rollout.endedAt).max() ?? members.lazy.map(\.rollout.endedAt).max() ?? 0
    }

    private init(_ other: DecidedGroup, _ members: [Member], revision: Int, supersedes: String?) {
        self.revision = revision
        self.supersedes = supersedes
        kernelMembers = other.kernelMembers
        comparisons = other.comparisons
        key = other.key
        first = other.first
        example = other.example
        policyVersion = other.policyVersion
        expectedSize = other.expectedSize
        closeReason = other.closeReason
        closedAt = other.closedAt
        rankings = other.rankings
        status = other.status
        signal = other.signal
        statistics = other.statistics
        self.members = members
        late = other.late
        isPhantom = other.isPhantom
    }

    /// The group with other advantages.
    ///
    /// - Parameters:
    ///   - advantages: of the members that hold their slot, in order.
    ///   - parts: of the calls and samples of each comparison, in order.
    func with(_ advantages: [Double], parts: [[Double]]) -> DecidedGroup {
        var rest = advantages.makeIterator()
        var members = members
        for index in members.indices where members[index].holdsSlot { members[index].advantage = rest.next() ?? 0 }
        for (comparison, advantages) in zip(comparisons, parts) { members.give(advantages, to: comparison) }
        return DecidedGroup(self, members, revision: revision, supersedes: supersedes)
    }

    /// The same group as what takes the place of one that was written before.
    ///
    /// - Parameters:
    ///   - revision: how often it was written before.
    ///   - digest: of what was written last, in hexadecimal; nil: nothing was.
    public func revised(_ revision: Int, superseding digest: String?) -> DecidedGroup {
        DecidedGroup(self, members, revision: revision, supersedes: digest)
    }
}

extension DecidedGroup.Member {
    /// Nobody else has its slot.
    var holdsSlot: Bool { !isSuperseded && exclusion != .conflictingSlot }
}
