import JSON

@testable import Reinforce

/// Groups of rollouts without any trace behind them.
enum MadeGroup {
    /// A group with a rollout for each reward.
    static func decided(
        _ name: Text = "g",
        tenant: Text = "t",
        rewards: [Double] = [0, 1],
        by estimator: Estimator = .dashflow
    ) throws -> DecidedGroup {
        var examples = ExampleTable()
        examples.insert(try ExampleTable.example(Array(#"{"example_id":"e","data":{"q":1},"input_keys":["q"]}"#.utf8)))
        let decider = GroupDecider(
            GroupConfiguration(),
            estimator: estimator,
            rewards: RewardConfiguration(),
            examples: examples
        )
        let key = GroupKey(tenant: tenant, group: name)
        let rollouts = rewards.indices.map { rollout($0, of: key, reward: rewards[$0], among: rewards.count) }
        guard let group = decider.decide(key, rollouts) else { throw JSONError(.unexpectedEnd, at: 0) }
        return group
    }

    static func rollout(_ index: Int) -> Rollout {
        rollout(index, of: GroupKey(tenant: "t", group: "g"), reward: Double(index), among: 2)
    }

    private static func rollout(_ index: Int, of group: GroupKey, reward: Double, among size: Int) -> Rollout {
        let thread = group.group == "g" ? "r\(index)" : "\(group.group.string) r\(index)"
        let trajectory = Trajectory(
            key: ThreadKey(tenant: group.tenant, thread: Text(thread)),
            outcome: .completed,
            source: SourceRange(partition: 0, firstOffset: 0, lastOffset: 1),
            entry: OpenEntry(first: RestorePlan.First(offset: 0, index: 0))
        )
        let pairing = Pairing(
            exampleID: "e",
            groupID: group.group,
            rolloutIndex: index,
            groupSize: size,
            policyVersion: "7",
            attempt: 0,
            runID: nil,
            trainable: true
        )
        return Rollout(trajectory, pairing, (.success(reward), []))
    }
}
