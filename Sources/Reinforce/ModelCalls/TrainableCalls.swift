internal import DashStream

/// What a policy gradient could use of a rollout's model calls.
public struct TrainableCalls: Sendable, Hashable {
    /// Calls that tell what was read and what was written, of the policy that is trained.
    public var calls = 0
    /// Tokens of them that a loss counts, where they are known.
    public var tokens = 0
    /// Those of them whose chat is known, rather than its token ids alone.
    public var chats = 0

    /// None.
    public init() {}

    /// Adds another rollout's.
    public mutating func add(_ other: TrainableCalls) {
        calls = calls.saturatingPlus(other.calls)
        tokens = tokens.saturatingPlus(other.tokens)
        chats = chats.saturatingPlus(other.chats)
    }
}

extension Rollout {
    /// What of its calls could train, whether or not the rollout does.
    public var trainable: TrainableCalls {
        var sum = TrainableCalls()
        for call in trajectory.calls where call.isTrainable {
            sum.calls += 1
            sum.tokens = sum.tokens.saturatingPlus(max(0, call.responseTokens))
            if call.prompt != nil { sum.chats += 1 }
        }
        return sum
    }
}
