public import JSON

/// What an earlier run found of a thread, as its ledger tells: it is taken over, and no source of rewards is asked again.
public struct EarlierScore: Sendable, Hashable {
    /// The reward; nil where it did not count.
    public var reward: Double?
    /// Values of the components, where there were any.
    public var values: [Text: Double]
    /// Why the thread's own reward did not count; nil where it did, or where its group alone was the reason.
    public var exclusion: ExclusionReason?

    /// What an earlier run found.
    public init(reward: Double?, values: [Text: Double], exclusion: ExclusionReason? = nil) {
        self.reward = reward
        self.values = values
        self.exclusion = exclusion
    }
}

extension Scorer {
    /// The score of an earlier run; where its group had taken the reward away, it is summed from the values again.
    ///
    /// - Parameter answers: what was said from outside the trace: it tells who gave a value that is taken over.
    func score(_ trajectory: Trajectory, _ earlier: EarlierScore, _ answers: [Text: RewardAnswer] = [:]) -> (
        reward: Result<Double, Exclusion>, values: [RewardValue]
    ) {
        let values = configuration.components.map { component in
            let value = earlier.values[component.name]
            return RewardValue(
                name: component.name,
                weight: component.weight,
                value: value,
                status: value == nil ? .none : .ok,
                source: answers[component.name].flatMap { $0.value == value ? RewardSaying($0) : nil }
            )
        }
        if let reason = earlier.exclusion { return (.failure(Exclusion(reason)), values) }
        if let reward = earlier.reward { return (.success(reward), values) }
        return score(trajectory) { earlier.values[$0.name].map { .value($0) } ?? .nothing }
    }
}

extension Rollout {
    /// The same thread, scored by other rules.
    ///
    /// - Parameters:
    ///   - rewards: the rules.
    ///   - example: the example it was paired with.
    ///   - records: what was said from outside the trace.
    public func rescored(
        by rewards: RewardConfiguration,
        _ example: Example,
        _ records: RewardRecords = RewardRecords()
    ) -> Rollout {
        let answers = records.answers(key, rewards)
        return Rollout(trajectory, pairing, Scorer(configuration: rewards).score(trajectory, example, answers))
    }
}

extension DecidedGroup {
    /// Everyone who claimed a slot of it, in time or not.
    public var claimants: [Rollout] { members.map(\.rollout) + late }
}
