extension GroupDraft {
    /// Gives every call and sample that is compared its own advantage. Whether there is anything to learn from is then
    /// what the comparisons say; the statistics stay those of the rollouts.
    mutating func credit(_ estimator: Estimator) {
        guard estimator.credit != .rollout, [.ok, .zeroVariance].contains(advantages.signal) else {
            // who is alone in its group is compared too: a loop runs through its nodes more than once
            if estimator.credit != .rollout, advantages.signal == .singleton { share(estimator) }
            return
        }
        let signals = share(estimator)
        guard advantages.signal != .quarantined else { return }
        advantages.signal = signals.contains(.ok) ? .ok : .zeroVariance
        if signals.contains(.ok) { advantages.phantom = false }
    }

    /// - Returns: the signals of the comparisons that train.
    @discardableResult private mutating func share(_ estimator: Estimator) -> Set<Signal> {
        var signals: Set<Signal> = []
        for index in members.indices where members[index].votes {
            members[index].parts = PartAdvantages(members[index].rollout.trajectory)
        }
        for comparison in comparisons {
            let result = groupAdvantages(comparison.members, estimator: estimator, minUsable: 1)
            if result.signal == .quarantined {
                advantages.signal = .quarantined
                return [.quarantined]
            }
            members.give(result.advantages, to: comparison)
            if comparison.parts.contains(where: { members[$0.member].trainsBy(comparison.kind) }) {
                signals.insert(result.signal)
            }
        }
        return signals
    }
}
