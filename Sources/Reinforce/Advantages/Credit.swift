/// What an advantage is given to.
public enum Credit: String, Sendable, Hashable, CaseIterable {
    /// The rollout: each of its calls and samples has the rollout's advantage.
    case rollout
    /// Each call and sample: compared with those of the group's rollouts that ran in the same execution of the same node.
    case node
    /// Each call and sample: compared with those of the group's rollouts that started from the same verified state.
    case state
}
