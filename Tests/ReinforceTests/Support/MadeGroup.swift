import JSON

@testable import Reinforce

/// A group of two rollouts without any trace behind it.
enum MadeGroup {
    static func decided() throws -> DecidedGroup {
        var examples = ExampleTable()
        examples.insert(try ExampleTable.example(Array(#"{"example_id":"e","data":{"q":1},"input_keys":["q"]}"#.utf8)))
        let decider = GroupDecider(
            GroupConfiguration(),
            estimator: .dashflow,
            rewards: RewardConfiguration(),
            examples: examples
        )
        guard let group = decider.decide(GroupKey(tenant: "t", group: "g"), (0..<2).map(rollout)) else {
            throw JSONError(.unexpectedEnd, at: 0)
        }
        return group
    }

    static func rollout(_ index: Int) -> Rollout {
        let trajectory = Trajectory(
            key: ThreadKey(tenant: "t", thread: Text("r\(index)")),
            outcome: .completed,
            source: SourceRange(partition: 0, firstOffset: 0, lastOffset: 1),
            entry: OpenEntry(first: RestorePlan.First(offset: 0, index: 0))
        )
        let pairing = Pairing(
            exampleID: "e",
            groupID: "g",
            rolloutIndex: index,
            groupSize: 2,
            policyVersion: "7",
            attempt: 0,
            runID: nil,
            trainable: true
        )
        return Rollout(trajectory, pairing, (.success(Double(index)), []))
    }
}
