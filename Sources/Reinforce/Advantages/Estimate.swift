internal import JSON

/// What an estimator makes of given rewards: the kernel alone, as the vectors use it.
///
/// - Parameters:
///   - rewards: one for each rollout; nil: it does not vote, and gets 0.
///   - groups: the group of each rollout; missing ones are in the group of the empty name.
///   - lengths: response tokens of each rollout; missing ones count 1.
///   - estimator: the knobs.
/// - Returns: one advantage for each rollout, in order; 0 in a quarantined group.
public func estimate(
    _ rewards: [Double?],
    groups: [String] = [],
    lengths: [Double] = [],
    by estimator: Estimator
) -> [Double] {
    advantages(of: rewards, groups: groups, lengths: lengths, by: estimator).map { $0 ?? 0 }
}

/// What an estimator makes of given rewards, as the `advantages` command tells it. The work grows with the number of
/// rollouts, however they are divided into groups.
///
/// - Parameters:
///   - rewards: one for each rollout; nil: it does not vote, and gets 0.
///   - groups: the group of each rollout; missing ones are in the group of the empty name.
///   - lengths: response tokens of each rollout; missing ones count 1.
///   - estimator: the knobs.
/// - Returns: one advantage for each rollout, in order; nil in a quarantined group, whose numbers are not finite.
public func advantages(
    of rewards: [Double?],
    groups: [String] = [],
    lengths: [Double] = [],
    by estimator: Estimator
) -> [Double?] {
    var places: [Text: Int] = [:]
    var members: [[Int]] = []
    for index in rewards.indices {
        let name = Text(index < groups.count ? groups[index] : "")
        if let at = places[name] {
            members[at].append(index)
        } else {
            places[name] = members.count
            members.append([index])
        }
    }
    let kernel = members.map { group in
        group.map { KernelMember(reward: rewards[$0], length: $0 < lengths.count ? lengths[$0] : 1) }
    }
    var advantages: [Double?] = Array(repeating: 0, count: rewards.count)
    for (group, result) in zip(members, batchAdvantages(groups: kernel, estimator: estimator, minUsable: 1)) {
        let isQuarantined = result.signal == .quarantined
        for (index, advantage) in zip(group, result.advantages) { advantages[index] = isQuarantined ? nil : advantage }
    }
    return advantages
}
