internal import JSON

/// A trainer in small: reads batches as any trainer would, and turns their advantages into steps of the policy.
public struct Trainer: Sendable {
    private let tasks: [String: SimulatedTask]
    /// Cuts the wire between advantages and policy: for the test that shows what it is good for.
    private let zeroesAdvantages: Bool

    /// A trainer of these tasks.
    public init(_ tasks: [SimulatedTask], zeroesAdvantages: Bool = false) {
        self.tasks = Dictionary(tasks.map { ($0.id, $0) }) { first, _ in first }
        self.zeroesAdvantages = zeroesAdvantages
    }

    /// What one batch says.
    public struct Lesson: Sendable {
        /// Keys of its groups.
        public var groups: [String] = []
        /// What the policy learns.
        public var steps: [PolicyStep] = []
        /// Rewards of all who vote.
        public var rewards: [Double] = []

        /// Mean reward of all who vote; 0 where nobody does.
        public var meanReward: Double { rewards.isEmpty ? 0 : rewards.reduce(0, +) / Double(rewards.count) }

        /// Takes up another one.
        mutating func add(_ other: Lesson) {
            groups += other.groups
            steps += other.steps
            rewards += other.rewards
        }
    }

    /// Reads a batch.
    ///
    /// - Parameter wanted: keys of the groups to learn from; nil: all of them.
    /// - Returns: nil where the bytes are no training batch.
    public func read(_ bytes: [UInt8], of wanted: Set<String>? = nil) -> Lesson? {
        guard let batch = try? JSONValue(parsing: bytes), case .array(let groups)? = batch["groups"] else { return nil }
        var lesson = Lesson()
        for group in groups {
            guard case .string(let key)? = group["group_id"], case .string(let example)? = group["example_id"],
                case .array(let rollouts)? = group["rollouts"]
            else { return nil }
            guard wanted?.contains(key.string) ?? true else { continue }
            lesson.groups.append(key.string)
            for rollout in rollouts {
                guard rollout["votes"] == .bool(true), let reward = rollout["reward"]?.asNumber else { continue }
                lesson.rewards.append(reward)
                guard rollout["trains"] == .bool(true), let advantage = rollout["advantage"]?.asNumber,
                    let task = tasks[example.string], case .array(let samples)? = rollout["samples"],
                    case .string(let answer)? = samples.last?["outputs"]?["answer"],
                    let index = task.candidates.firstIndex(of: answer.string)
                else { continue }
                lesson.steps.append(
                    PolicyStep(task: task.id, answer: index, advantage: zeroesAdvantages ? 0 : advantage)
                )
            }
        }
        return lesson
    }

}
