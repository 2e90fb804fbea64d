/// Computes the advantages of every group of a batch; for an estimator over the batch, its second half too.
///
/// - Parameters:
///   - groups: the members of each group, sorted.
///   - estimator: the knobs.
///   - minUsable: voters below which a group has no signal.
/// - Returns: one result for each group. Where the batch's numbers are not finite, every group is quarantined.
public func batchAdvantages(groups: [[KernelMember]], estimator: Estimator, minUsable: Int) -> [GroupAdvantages] {
    var results = groups.map { groupAdvantages($0, estimator: estimator, minUsable: minUsable) }
    guard estimator.isBatchWide else { return results }
    let usable = results.indices.filter { results[$0].signal != .insufficient && results[$0].signal != .quarantined }
    var voters: [(group: Int, member: Int)] = []
    for group in usable {
        for index in groups[group].indices where groups[group][index].votes && groups[group][index].reward != nil {
            voters.append((group, index))
        }
    }
    let before = voters.map { results[$0.group].advantages[$0.member] }
    let after: [Double]
    switch estimator.scale {
    case .batchStd:
        let rewards = voters.map { groups[$0.group][$0.member].reward ?? 0 }
        let std = deviation(rewards, average(rewards), estimator.ddof)
        after = before.map { $0 / (std + estimator.epsilon) }
    case .batchTokenStd:
        after = whitened(before, voters.map { groups[$0.group][$0.member].length }, estimator)
    default:
        let mean = average(before)
        let std = deviation(before, mean, estimator.ddof)
        after = before.map { std > 0 ? ($0 - mean) / (std + estimator.epsilon) : 0 }
    }
    let isFinite = after.allSatisfy(\.isFinite)
    if !isFinite { for group in usable { results[group].signal = .quarantined } }
    for (voter, advantage) in zip(voters, after) {
        results[voter.group].advantages[voter.member] = isFinite ? advantage : 0
    }
    return results
}

/// Mean 0 and deviation 1 over all response tokens, each rollout weighted by its length.
private func whitened(_ values: [Double], _ lengths: [Double], _ estimator: Estimator) -> [Double] {
    guard let first = values.first, values.contains(where: { $0 != first }) else { return values.map { _ in 0 } }
    let known = lengths.reduce(0, +) > 0
    let weights = known ? lengths : lengths.map { _ in 1 }
    let total = weights.reduce(0, +)
    let mean = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 } / total
    let squares = zip(weights, values).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
    let variance = squares / max(total - Double(estimator.ddof), .leastNonzeroMagnitude)
    let divisor =
        estimator.varianceFloor > 0
        ? max(variance, estimator.varianceFloor).squareRoot() : (variance + estimator.epsilon).squareRoot()
    return values.map { ($0 - mean) / divisor }
}
