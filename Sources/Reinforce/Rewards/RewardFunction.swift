/// A source of rewards that is computed from the trace alone: pure, so that the same log gives the same reward.
public protocol RewardFunction: Sendable, Hashable {
    /// The value of one finished rollout.
    func reward(of rollout: RewardInput) -> RewardOutcome

    /// It compares with the labels of the example, which must have some.
    var needsLabels: Bool { get }
}

extension RewardFunction {
    /// It does not.
    public var needsLabels: Bool { false }
}

/// What a reward function finds.
public enum RewardOutcome: Sendable, Hashable {
    /// The value.
    case value(Double)
    /// There is nothing to judge; the component's default stands in, where it has one.
    case none
    /// The rollout gave no answer at the place that is looked at: the format failure score.
    case noAnswer
    /// It cannot be computed, and why; the component's default stands in, where it has one.
    case error(String)
}

/// Any reward function, compared by what it is.
public struct AnyRewardFunction: Sendable, Hashable {
    /// The function.
    public let base: any RewardFunction

    /// Wraps a function.
    public init(_ base: any RewardFunction) { self.base = base }

    /// The same type with the same parameters.
    public static func == (a: AnyRewardFunction, b: AnyRewardFunction) -> Bool {
        AnyHashable(a.base) == AnyHashable(b.base)
    }

    /// Hashes the function.
    public func hash(into hasher: inout Hasher) { hasher.combine(AnyHashable(base)) }
}
