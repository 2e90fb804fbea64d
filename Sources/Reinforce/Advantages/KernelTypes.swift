/// What the kernel needs to know of one member of a group.
public struct KernelMember: Sendable, Hashable {
    /// One named part of a reward.
    public struct Component: Sendable, Hashable {
        /// Its value; nil where it has none.
        public var value: Double?
        /// Its weight in the total; 0: only watched.
        public var weight: Double

        /// A component.
        public init(value: Double?, weight: Double) {
            self.value = value
            self.weight = weight
        }
    }

    /// The total reward; nil: the member does not vote.
    public var reward: Double?
    /// Response tokens; where a trace has none, bytes of its outputs.
    public var length: Double
    /// The component that decides whether the group has a signal; nil: the total does.
    public var outcome: Double?
    /// The parts of the reward, the same names in the same order for every member.
    public var components: [Component]
    /// False: it has a reward that enters no statistics.
    public var votes: Bool

    /// A member.
    public init(
        reward: Double?,
        length: Double = 1,
        outcome: Double? = nil,
        components: [Component] = [],
        votes: Bool = true
    ) {
        self.reward = reward
        self.length = length
        self.outcome = outcome
        self.components = components
        self.votes = votes
    }
}

/// Whether there is anything to learn from a group.
public enum Signal: String, Sendable, Hashable, CaseIterable {
    /// There is.
    case ok
    /// Too few voters.
    case insufficient
    /// One voter.
    case singleton
    /// All outcomes are equal.
    case zeroVariance = "zero_variance"
    /// A result was not finite.
    case quarantined
}

/// Numbers over the members of a group that vote.
public struct GroupStatistics: Sendable, Hashable {
    /// How many vote.
    public var votes = 0
    /// Mean reward; 0 without voters.
    public var mean = 0.0
    /// Standard deviation with the estimator's ddof; 0 for one voter or equal rewards.
    public var std = 0.0
    /// Least reward.
    public var min = 0.0
    /// Greatest reward.
    public var max = 0.0
    /// Mean of the outcome: how hard the example is.
    public var outcomeMean = 0.0
}

/// What the kernel makes of a group.
public struct GroupAdvantages: Sendable, Hashable {
    /// Whether there is anything to learn from.
    public var signal: Signal
    /// Over the voters.
    public var statistics: GroupStatistics
    /// One for each member, in order.
    public var advantages: [Double]
    /// The total varied though the outcome did not: a penalty alone told the members apart.
    public var phantom = false

    /// Of a group that never came to the kernel.
    public static let none = GroupAdvantages(signal: .insufficient, statistics: GroupStatistics(), advantages: [])
}
