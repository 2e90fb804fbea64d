/// What a reason alone does not tell.
public enum ExclusionDetail: String, Sendable, Hashable, CaseIterable {
    /// The first records of a thread that was open at a restart were deleted from the log before they could be read again.
    /// Of such a thread only the place of its first record is known, unless it had been spilled.
    case headLost = "head_lost"
}

/// Why a thread's reward does not count. A closed list: each excluded thread has exactly one.
public enum ExclusionReason: String, Sendable, Hashable, CaseIterable {
    /// No GRAPH_START arrived.
    case noStart = "no_start"
    /// Two places name different pairings.
    case conflictingPairing = "conflicting_pairing"
    /// Nothing names an example and a group.
    case unpaired
    /// A number of the pairing is missing or out of range, or the policy version is missing.
    case invalidPairing = "invalid_pairing"
    /// The example is not in the table.
    case unknownExample = "unknown_example"
    /// Members of the group disagree on example, size or policy.
    case conflictingGroup = "conflicting_group"
    /// Several threads claim the same slot with the same attempt.
    case conflictingSlot = "conflicting_slot"
    /// No terminator.
    case incomplete
    /// Neither an initial state nor a diff.
    case noState = "no_state"
    /// The final state's hash does not match, or a diff failed and nothing re-synchronised.
    case stateUnverified = "state_unverified"
    /// A required reward component has no value.
    case rewardMissing = "reward_missing"
    /// A reward is not finite.
    case rewardInvalid = "reward_invalid"
    /// The policy is older than allowed.
    case stale
    /// Fewer voting rollouts than `groups.min_usable`.
    case insufficientGroup = "insufficient_group"
    /// A partial group where `groups.partial` is `drop`.
    case partialGroup = "partial_group"
    /// A group without any difference where `groups.drop_zero_variance` is set.
    case zeroVariance = "zero_variance"
    /// An advantage came out not finite.
    case quarantined
    /// The batch that would have held it fell short of `batches.min_groups` or `min_rollouts`.
    case withheld
    /// Its group was closed before it was decided.
    case late
    /// Its group alone is larger than `batches.max_bytes`.
    case tooLarge = "too_large"
}
