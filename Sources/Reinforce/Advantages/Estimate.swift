/// What an estimator makes of given rewards: the kernel alone, as the `advantages` command and the vectors use it.
///
/// - Parameters:
///   - rewards: one for each rollout; nil: it does not vote, and gets 0.
///   - groups: the group of each rollout; missing ones are in the group of the empty name.
///   - lengths: response tokens of each rollout; missing ones count 1.
///   - estimator: the knobs.
/// - Returns: one advantage for each rollout, in order.
public func estimate(
    _ rewards: [Double?],
    groups: [String] = [],
    lengths: [Double] = [],
    by estimator: Estimator
) -> [Double] {
    var names: [String] = []
    var members: [[Int]] = []
    for index in rewards.indices {
        let name = index < groups.count ? groups[index] : ""
        if let at = names.firstIndex(where: { $0.utf8.elementsEqual(name.utf8) }) {
            members[at].append(index)
        } else {
            names.append(name)
            members.append([index])
        }
    }
    let kernel = members.map { group in
        group.map { KernelMember(reward: rewards[$0], length: $0 < lengths.count ? lengths[$0] : 1) }
    }
    var advantages = Array(repeating: 0.0, count: rewards.count)
    for (group, result) in zip(members, batchAdvantages(groups: kernel, estimator: estimator, minUsable: 1)) {
        for (index, advantage) in zip(group, result.advantages) { advantages[index] = advantage }
    }
    return advantages
}
