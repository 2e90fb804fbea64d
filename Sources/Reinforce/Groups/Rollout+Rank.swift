import JSON

extension Rollout {
    /// Its components decide what it is worth, so that one of the whole group may be added.
    var isRankable: Bool { reward != nil && isScoredByComponents }

    /// The same rollout with what was said of its whole group.
    ///
    /// - Parameters:
    ///   - rewards: the components.
    ///   - answers: what was said, by component. A value that an earlier run had found stays where nothing was.
    func ranked(_ rewards: RewardConfiguration, _ answers: [Text: GroupAnswer]) -> Rollout {
        var values = self.rewards
        var problem: ExclusionReason?
        for (component, _) in rewards.ranks {
            let at = values.firstIndex { $0.name == component.name } ?? values.count
            let answer = answers[component.name]?.answer(key.thread)
            let value = answer == nil && at < values.count ? values[at].value : answer?.value
            let ranked = RewardValue(
                name: component.name,
                weight: component.weight,
                value: value ?? component.fallback,
                status: answer?.status ?? (value == nil ? RewardValue.Status.none : .ok),
                source: answer.map { RewardSaying($0) }
            )
            if at < values.count { values[at] = ranked } else { values.append(ranked) }
            if ranked.value == nil, component.isRequired { problem = problem ?? .rewardMissing }
        }
        var total = 0.0
        for value in values where value.weight != 0 { total += value.value.map { value.weight * $0 } ?? 0 }
        if !total.isFinite { problem = .rewardInvalid }
        let score: Result<Double, Exclusion> = problem.map { .failure(Exclusion($0)) } ?? .success(total)
        return Rollout(trajectory, pairing, (score, values))
    }
}
