internal import DashStream
public import JSON

/// What somebody who watches wants to know of a group: numbers and names, no texts of its chats.
public struct GroupFacts: Sendable {
    /// What a trainer can learn from a group.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Its rollouts differ in outcome.
        case informative
        /// Only penalties tell its rollouts apart.
        case phantom
        /// Every rollout has an outcome of 1 or more.
        case allPass = "all_pass"
        /// Every rollout has an outcome of 0 or less.
        case allFail = "all_fail"
        /// Every rollout has the same outcome between 0 and 1.
        case allEqual = "all_equal"
        /// A single rollout votes.
        case singleton
        /// It was not used: members disagree, too few vote, or a rule drops it.
        case unused
    }

    /// One claimant of the group.
    public struct Member: Sendable {
        /// The rollout.
        public let thread: Text
        /// Its slot, from 0.
        public let index: Int
        /// How it ended.
        public let outcome: Outcome
        /// Its reward enters the statistics.
        public let votes: Bool
        /// It is given to the trainer.
        public let trains: Bool
        /// Another attempt took its place.
        public let isSuperseded: Bool
        /// Why it does not count.
        public let exclusion: ExclusionReason?
        /// Where it counts.
        public let reward: Double?
        /// 0 where it does not vote.
        public let advantage: Double
        /// What its reward was made of.
        public let rewards: [RewardValue]
        /// The policy that acted.
        public let policyVersion: Text
        /// Tokens that its trainable calls wrote.
        public let completionTokens: Int
        /// Its model calls by where their tokens are from: `engine`, `engine_ids`, `absent`.
        public let tokenSources: [String: Int]
        /// Model calls.
        public let calls: Int
        /// Model calls that were cut at the length they were allowed.
        public let truncated: Int
        /// Tools it used, and how many of them failed.
        public let toolCalls: Int
        /// Tools that failed.
        public let toolFailures: Int
        /// Header time of its deciding event, microseconds.
        public let endedAt: Int64
        /// Where its records stand.
        public let source: SourceRange
    }

    /// The group.
    public let key: GroupKey
    /// The example that its members tried.
    public let example: Text
    /// The policy of its members.
    public let policyVersion: Text
    /// What became of it.
    public let status: DecidedGroup.Status
    /// What can be learnt from it.
    public let kind: Kind
    /// `complete`, `deadline` or `flush`.
    public let closeReason: String
    /// Rollouts it is meant to have.
    public let expectedSize: Int
    /// Over the members that vote.
    public let statistics: GroupStatistics
    /// From its first claim to its last decision, milliseconds of the records' time.
    public let waited: Int64
    /// Header time of its last deciding event, microseconds.
    public let decidedAt: Int64
    /// Everyone who claimed a slot in time.
    public let members: [Member]

    /// Reads a group.
    public init(_ group: DecidedGroup) {
        key = group.key
        example = group.example.id
        policyVersion = group.policyVersion
        status = group.status
        closeReason = group.closeReason.rawValue
        expectedSize = group.expectedSize
        statistics = group.statistics
        decidedAt = group.decidedAt
        kind = Kind(group)
        let claim = group.members.lazy.map(\.rollout.claimTime).min() ?? 0
        let decision = group.members.lazy.map(\.rollout.decisionTime).max() ?? 0
        waited = max(0, decision.saturatingMinus(claim))
        members = group.members.map(Member.init)
    }
}

extension GroupFacts.Kind {
    init(_ group: DecidedGroup) {
        let mean = group.statistics.outcomeMean
        self =
            switch (group.status, group.signal) {
            case (.ok, .ok): group.isPhantom ? .phantom : .informative
            case (.ok, .singleton): .singleton
            case (.ok, .zeroVariance), (.zeroVariance, _): mean >= 1 ? .allPass : mean <= 0 ? .allFail : .allEqual
            default: .unused
            }
    }
}

extension GroupFacts.Member {
    init(_ member: DecidedGroup.Member) {
        let rollout = member.rollout
        let calls = rollout.trajectory.calls
        thread = rollout.key.thread
        index = rollout.pairing.rolloutIndex
        outcome = rollout.outcome
        votes = member.votes
        trains = member.trains
        isSuperseded = member.isSuperseded
        exclusion = member.exclusion
        reward = rollout.reward
        advantage = member.advantage
        rewards = rollout.rewards
        policyVersion = rollout.pairing.policyVersion
        completionTokens = calls.lazy.filter(\.isTrainable).reduce(0) { $0 &+ $1.responseTokens }
        tokenSources = rollout.trajectory.callCounts.sources
        self.calls = rollout.trajectory.callCounts.calls
        truncated = calls.count { $0.isCall && $0.isTruncated }
        toolCalls = rollout.trajectory.toolCalls
        toolFailures = rollout.trajectory.toolFailures
        endedAt = rollout.endedAt
        source = rollout.source
    }
}
