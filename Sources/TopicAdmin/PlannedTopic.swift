/// A topic as it shall be.
public struct PlannedTopic: Sendable, Hashable {
    /// What a topic is for.
    public enum Role: String, Sendable, Hashable, CaseIterable {
        case events, rollouts, rewards, examples, policy, output, scored, checkpoints, dlq, ledger, adapters, demand
    }

    /// Something that is done with it, named as Kafka's ACLs do.
    public enum Operation: String, Sendable, Hashable, CaseIterable, Comparable {
        case read = "Read"
        case write = "Write"
        case delete = "Delete"
        case create = "Create"
        case describe = "Describe"
        case describeConfigs = "DescribeConfigs"

        /// In the order of the cases.
        public static func < (a: Operation, b: Operation) -> Bool {
            (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
        }
    }

    /// Its name.
    public let name: String
    /// What it is for.
    public let role: Role
    /// How many partitions it has.
    public let partitions: Int32
    /// Its settings, by Kafka's names.
    public let configuration: [String: String]

    /// What the processor does with it.
    public var operations: [Operation] {
        switch role {
        case .events, .rollouts, .examples, .policy: [.read, .describeConfigs]
        case .output, .dlq, .ledger, .adapters, .demand: [.write, .describeConfigs]
        case .checkpoints, .rewards: [.read, .write, .describeConfigs]
        // what no restart reads is removed
        case .scored: [.read, .write, .delete, .describeConfigs]
        }
    }

    /// Whether its records replace each other by key.
    public var isCompacted: Bool { configuration["cleanup.policy"] == "compact" }
}
