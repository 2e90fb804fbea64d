/// Calls, or samples, of a group's rollouts that are compared with each other where an advantage is given to each of them
/// (``Credit/node``, ``Credit/state``).
struct PartComparison: Sendable {
    /// What is compared. Never one with the other: a rollout trains by one of them.
    enum Kind: Sendable, CaseIterable { case calls, samples }

    /// One call or sample.
    struct Part: Sendable {
        /// Index into the group's members.
        let member: Int
        /// Index into the trajectory's calls, or nodes.
        let index: Int
    }

    let kind: Kind
    private(set) var parts: [Part] = []
    /// What the kernel needs of each part.
    var members: [KernelMember] = []

    init(_ kind: Kind) { self.kind = kind }

    mutating func append(_ part: Part) { parts.append(part) }
}

/// The advantages of a rollout's own calls and samples.
struct PartAdvantages: Sendable, Hashable {
    /// By index into the trajectory's calls; 0 for what does not train.
    var calls: [Double]
    /// By index into the trajectory's nodes; 0 for what is no sample.
    var samples: [Double]

    init(_ trajectory: Trajectory) {
        calls = Array(repeating: 0, count: trajectory.calls.count)
        samples = Array(repeating: 0, count: trajectory.nodes.count)
    }

    mutating func set(_ advantage: Double, _ kind: PartComparison.Kind, _ index: Int) {
        switch kind {
        case .calls: calls[index] = advantage
        case .samples: samples[index] = advantage
        }
    }
}

extension DecidedGroup.Member {
    /// Whether the trainer is given parts of that kind of it.
    func trainsBy(_ kind: PartComparison.Kind) -> Bool { (kind == .calls) == (rollout.trainableCalls > 0) }
}

extension [DecidedGroup.Member] {
    /// Gives the parts of a comparison their advantages, which are in their order.
    mutating func give(_ advantages: [Double], to comparison: PartComparison) {
        for (part, advantage) in zip(comparison.parts, advantages) {
            self[part.member].parts?.set(advantage, comparison.kind, part.index)
        }
    }
}
