internal import JSON
public import Reinforce
public import Telemetry

/// What committed groups came to, since the process began. Names that data chooses are bounded in number.
public struct GroupSums: Sendable {
    /// Groups of one kind that closed for one reason.
    public struct Cell: Sendable, Hashable {
        /// What can be learnt from them.
        public let kind: GroupFacts.Kind
        /// `complete`, `deadline` or `flush`.
        public let closeReason: String

        /// Groups of one kind that closed for one reason.
        public init(kind: GroupFacts.Kind, closeReason: String) {
            self.kind = kind
            self.closeReason = closeReason
        }
    }

    /// One tenant's.
    public struct Tenant: Sendable, Hashable {
        /// Groups by kind.
        public var kinds: [GroupFacts.Kind: Int] = [:]
        /// Rollouts by fate.
        public var rollouts: [Fate: Int] = [:]
        /// The newest policy whose version is a number.
        var newestPolicy: Int64?
    }

    /// One training example's.
    public struct Difficulty: Sendable, Hashable {
        /// Groups that tried it.
        public var groups = 0
        /// Those of them from which something can be learnt.
        public var informative = 0
        /// The sum of their mean outcomes.
        public var outcomes = 0.0
    }

    /// The rollouts of one policy.
    public struct Policy: Sendable, Hashable {
        /// Its version.
        public let version: String
        /// Groups.
        public var groups = 0
        /// Rewards that count, and their sum.
        public var rewards = 0
        /// Their sum.
        public var sum = 0.0
    }

    /// The most names of tenants, and of components, that are told apart; further ones are counted as `other`.
    static let names = 200
    /// The most examples.
    static let exampleLimit = 4096
    /// The most policies: the latest ones.
    static let policyLimit = 50

    /// Groups by kind and reason.
    public private(set) var cells: [Cell: Int] = [:]
    /// By component; `total`: the reward itself.
    public private(set) var rewards: [String: Histogram] = [:]
    /// Advantages of those who vote.
    public private(set) var advantages = Histogram([-3, -2.5, -2, -1.5, -1, -0.5, -1e-9, 1e-9, 0.5, 1, 1.5, 2, 2.5, 3])
    /// Their sizes.
    public private(set) var advantageSizes = Histogram([1e-9, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3])
    /// Tokens written by rollouts that vote.
    public private(set) var keptTokens = Histogram(GroupSums.tokenBounds)
    /// Tokens written by rollouts that do not.
    public private(set) var droppedTokens = Histogram(GroupSums.tokenBounds)
    /// How many versions a group's policy is behind the newest one of its tenant.
    public private(set) var staleness = Histogram([0, 1, 2, 4, 8, 16, 32])
    /// Seconds from the first claim to the last decision, by the reason of the close.
    public private(set) var waits: [String: Histogram] = [:]
    /// Seconds from the last event to the committed batch.
    public private(set) var latency = Histogram([0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300])
    /// Model calls by where their tokens are from.
    public private(set) var tokenSources: [String: Int] = [:]
    /// Model calls, those that were cut, tools used, tools that failed.
    public private(set) var calls = 0, truncated = 0, toolCalls = 0, toolFailures = 0
    /// Rollouts that were given to the trainer.
    public private(set) var trained = 0
    /// By tenant.
    public private(set) var tenants: [String: Tenant] = [:]
    /// By example.
    public private(set) var examples: [String: Difficulty] = [:]
    /// The latest policies, in the order in which they were first seen.
    public private(set) var policies: [Policy] = []

    static let tokenBounds: [Double] = [8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384]
    static let rewardBounds: [Double] = [-1, -0.5, -0.1, 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 2, 5]

    /// Nothing yet.
    public init() {}

    mutating func add(_ group: WatchedGroup, latency milliseconds: Int64) {
        let facts = group.facts
        cells[Cell(kind: facts.kind, closeReason: facts.closeReason), default: 0] &+= 1
        waits[facts.closeReason, default: Histogram([0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 1800, 3600])]
            .observe(Double(facts.waited) / 1000)
        if group.batch != nil { latency.observe(Double(milliseconds) / 1000) }
        for member in facts.members { add(member, isUsed: group.exclusion == nil) }
        addTenant(group)
        addExample(facts)
        addPolicy(facts)
    }

    private mutating func add(_ member: GroupFacts.Member, isUsed: Bool) {
        calls &+= member.calls
        truncated &+= member.truncated
        toolCalls &+= member.toolCalls
        toolFailures &+= member.toolFailures
        tokenSources.merge(member.tokenSources, uniquingKeysWith: &+)
        if member.completionTokens > 0 {
            if member.votes, isUsed {
                keptTokens.observe(Double(member.completionTokens))
            } else {
                droppedTokens.observe(Double(member.completionTokens))
            }
        }
        guard member.votes, isUsed else { return }
        if member.trains { trained &+= 1 }
        advantages.observe(member.advantage)
        advantageSizes.observe(abs(member.advantage))
        if let reward = member.reward { rewards["total", default: Histogram(Self.rewardBounds)].observe(reward) }
        for part in member.rewards {
            guard let value = part.value else { continue }
            let name = rewards.count < Self.names || rewards[part.name.string] != nil ? part.name.string : "other"
            rewards[name, default: Histogram(Self.rewardBounds)].observe(value)
        }
    }

    private mutating func addTenant(_ group: WatchedGroup) {
        let facts = group.facts
        let own = facts.key.tenant.string
        let name = tenants.count < Self.names || tenants[own] != nil ? own : "other"
        var tenant = tenants[name] ?? Tenant()
        tenant.kinds[facts.kind, default: 0] &+= 1
        for member in facts.members { tenant.rollouts[member.fate(isUsed: group.exclusion == nil), default: 0] &+= 1 }
        if let version = Int64(facts.policyVersion.string) {
            let newest = max(tenant.newestPolicy ?? version, version)
            tenant.newestPolicy = newest
            staleness.observe(Double(newest) - Double(version))
        }
        tenants[name] = tenant
    }

    private mutating func addExample(_ facts: GroupFacts) {
        let name = facts.example.string
        guard examples.count < Self.exampleLimit || examples[name] != nil else { return }
        examples[name, default: Difficulty()].groups &+= 1
        if facts.kind == .informative { examples[name]?.informative &+= 1 }
        examples[name]?.outcomes += facts.statistics.outcomeMean
    }

    private mutating func addPolicy(_ facts: GroupFacts) {
        let version = facts.policyVersion.string
        let index =
            policies.lastIndex { $0.version == version }
            ?? {
                policies.append(Policy(version: version))
                if policies.count > Self.policyLimit { policies.removeFirst() }
                return policies.count - 1
            }()
        policies[index].groups &+= 1
        for member in facts.members where member.votes {
            guard let reward = member.reward, reward.isFinite else { continue }
            policies[index].rewards &+= 1
            policies[index].sum += reward
        }
    }
}

extension GroupFacts.Member {
    /// Where the rollout ended.
    ///
    /// - Parameter isUsed: its group left in a batch, where it was good.
    public func fate(isUsed: Bool) -> Fate {
        if isSuperseded { return .superseded }
        if exclusion != nil || !isUsed { return .excluded }
        return trains ? .trained : .voted
    }
}
