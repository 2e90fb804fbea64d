/// Computes the advantages of one group.
///
/// - Parameters:
///   - members: sorted by (rollout_index, thread_id), so that arrival cannot change a bit of any sum.
///   - estimator: the knobs; of a batch-wide one this is the first half, before the batch's statistics.
///   - minUsable: voters below which the group has no signal.
/// - Returns: one advantage for each member, 0 for those that do not vote.
public func groupAdvantages(_ members: [KernelMember], estimator: Estimator, minUsable: Int) -> GroupAdvantages {
    let voters = members.indices.filter { members[$0].votes && members[$0].reward != nil }
    let rewards = voters.map { members[$0].reward ?? 0 }
    let outcomes = voters.map { members[$0].outcome ?? members[$0].reward ?? 0 }
    var result = GroupAdvantages(
        signal: .ok,
        statistics: GroupStatistics(rewards, outcomes, ddof: estimator.ddof),
        advantages: Array(repeating: 0, count: members.count)
    )
    guard voters.count >= max(1, minUsable) else {
        result.signal = .insufficient
        return result
    }
    guard (rewards + outcomes).allSatisfy(\.isFinite), result.statistics.isFinite else {
        result.signal = .quarantined
        return result
    }
    if voters.count == 1 {
        result.signal = .singleton
        result.advantages[voters[0]] = estimator.single(rewards[0])
        return result
    }
    guard outcomes.contains(where: { $0 != outcomes[0] }) else {
        result.signal = .zeroVariance
        result.phantom = result.statistics.min != result.statistics.max
        return result
    }
    let group = KernelGroup(rewards, voters.map { members[$0].length }, result.statistics, estimator)
    if estimator.scale == .componentStd {
        let scales = componentScales(members, voters, estimator)
        for index in voters {
            result.advantages[index] = componentAdvantage(members[index].components, scales, estimator)
        }
    } else {
        for (position, index) in voters.enumerated() { result.advantages[index] = group.advantage(position) }
    }
    if estimator.scoreNonVoters {
        for index in members.indices where !members[index].votes {
            guard let reward = members[index].reward else { continue }
            result.advantages[index] = group.advantage(ofOutsider: reward)
        }
    }
    if !result.advantages.allSatisfy(\.isFinite) {
        result.signal = .quarantined
        result.advantages = Array(repeating: 0, count: members.count)
    }
    return result
}

extension Estimator {
    fileprivate func single(_ reward: Double) -> Double {
        guard singleton == .raw else { return 0 }
        return scale == .groupStd ? reward / (1 + epsilon) : reward
    }
}

extension GroupStatistics {
    init(_ rewards: [Double], _ outcomes: [Double], ddof: Int) {
        guard let least = rewards.min(), let greatest = rewards.max() else { return }
        votes = rewards.count
        mean = average(rewards)
        std = deviation(rewards, mean, ddof)
        min = least
        max = greatest
        outcomeMean = average(outcomes)
    }

    fileprivate var isFinite: Bool { mean.isFinite && std.isFinite && outcomeMean.isFinite }
}

/// Mean and deviation of every component over the voters that have a value of it.
private func componentScales(_ members: [KernelMember], _ voters: [Int], _ estimator: Estimator) -> [(
    mean: Double, std: Double
)] {
    let places = voters.map { members[$0].components.count }.max() ?? 0
    return (0..<places).map { place in
        let values = voters.compactMap {
            members[$0].components.indices.contains(place) ? members[$0].components[place].value : nil
        }
        let mean = average(values)
        return (mean, deviation(values, mean, estimator.ddof))
    }
}

/// GDPO, first half: every component normalised within the group, summed by weight.
private func componentAdvantage(
    _ components: [KernelMember.Component],
    _ scales: [(mean: Double, std: Double)],
    _ estimator: Estimator
) -> Double {
    var sum = 0.0
    for (component, scale) in zip(components, scales) where component.weight != 0 {
        guard let value = component.value, scale.std > 0 else { continue }
        sum += component.weight * (value - scale.mean) / (scale.std + estimator.epsilon)
    }
    return sum
}

func average(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }

/// The standard deviation; exactly 0 where all values are equal, whatever the mean was rounded to.
func deviation(_ values: [Double], _ mean: Double, _ ddof: Int) -> Double {
    guard values.count > ddof, values.contains(where: { $0 != values[0] }) else { return 0 }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - ddof)).squareRoot()
}
