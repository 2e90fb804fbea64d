public import JSON

/// How a rollout is scored.
public struct RewardConfiguration: Sendable, Hashable {
    /// What becomes of rollouts without a terminator.
    public enum Timeouts: String, Sendable, Hashable {
        /// They do not count.
        case exclude
        /// They count with the failure score.
        case failure
    }

    /// One component of the reward.
    public struct Component: Sendable, Hashable {
        /// Where its value comes from.
        public enum Kind: Sendable, Hashable {
            /// 1 where every label equals the final state's field, else 0; the format failure score where one is
            /// missing or null. Labels are looked up at the given pointers, else under their own names.
            case exactMatch(pointers: [Text: JSONPointer])
            /// The trace's own attribute `rl.reward.<name>`, the last one written: a float or an integer; any other type
            /// makes the reward invalid.
            case traceAttribute(name: Text)
            /// It is computed from the trace.
            case function(AnyRewardFunction)
            /// Somebody outside the trace says it.
            case outside(OutsideSource)
        }

        /// The component's name, unique.
        public var name: Text
        /// Its weight in the sum; 0: reported only.
        public var weight: Double
        /// Where its value comes from.
        public var kind: Kind
        /// A rollout without a value of it is excluded, unless there is a default.
        public var isRequired: Bool
        /// Stands in for a missing value.
        public var fallback: Double?

        /// A component.
        public init(name: Text, weight: Double, kind: Kind, isRequired: Bool = true, fallback: Double? = nil) {
            self.name = name
            self.weight = weight
            self.kind = kind
            self.isRequired = isRequired
            self.fallback = fallback
        }
    }

    /// Score of a failed rollout.
    public var failureScore = 0.0
    /// Score where an answer is missing or null.
    public var formatFailureScore = -1.0
    /// What becomes of rollouts without a terminator.
    public var timeouts = Timeouts.exclude
    /// The components, in the order they are reported.
    public var components = [Component(name: "match", weight: 1, kind: .exactMatch(pointers: [:]))]
    /// The component that decides whether a group has a signal; nil: the total.
    public var outcome: Text?

    /// The defaults.
    public init() {}

    /// Whether an example must have labels.
    public var needsLabels: Bool {
        components.contains {
            switch $0.kind {
            case .exactMatch: true
            case .function(let function): function.base.needsLabels
            case .traceAttribute, .outside: false
            }
        }
    }
}

/// One component's value for one rollout.
public struct RewardValue: Sendable, Hashable {
    /// How the value came to be.
    public enum Status: String, Sendable, Hashable {
        /// There is a value.
        case ok
        /// Nothing gave one.
        case none
        /// Its source failed.
        case error
        /// Its source took too long.
        case timeout
    }

    /// The component.
    public let name: Text
    /// Its weight.
    public let weight: Double
    /// Its value.
    public let value: Double?
    /// How it came to be.
    public let status: Status
    /// Who said it, where it came from outside the trace.
    public var source: RewardSaying?
}
