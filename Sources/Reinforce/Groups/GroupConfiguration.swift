/// When groups close and which of them are emitted.
public struct GroupConfiguration: Sendable, Hashable {
    /// What becomes of a group that is not complete when it closes.
    public enum Partial: String, Sendable, Hashable {
        /// It is normalised over what it has.
        case keep
        /// It is not emitted.
        case drop
    }

    /// What becomes of rollouts whose policy is too old.
    public enum StalePolicy: String, Sendable, Hashable {
        /// The group is not emitted.
        case dropGroup = "drop_group"
        /// The rollout does not count; members share one policy, so this is the whole group.
        case dropRollout = "drop_rollout"
        /// The rollout votes and is not trained.
        case voteOnly = "vote_only"
    }

    /// Milliseconds from the first claim after which a group closes with what it has.
    public var deadline: Int64 = 1_800_000
    /// Milliseconds that a complete group still waits for further claimants of its slots.
    public var settle: Int64 = 0
    /// Voting rollouts below which a group gives no signal.
    public var minUsable = 2
    /// What becomes of partial groups.
    public var partial = Partial.keep
    /// Leave groups without any difference out.
    public var dropZeroVariance = false
    /// Policy versions a rollout may be behind the newest one that was there when its group closed; 0: any.
    public var maxStaleness: Int64 = 0
    /// What becomes of those that are further behind.
    public var stalePolicy = StalePolicy.dropRollout

    /// The defaults.
    public init() {}
}
