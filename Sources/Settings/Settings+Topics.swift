extension Settings {
    /// The topic for dead letters.
    public var dlqTopic: String { topics.dlq.isEmpty ? "\(appID)-dlq" : topics.dlq }
    /// The topic between the two stages.
    public var scoredTopic: String { topics.scored.isEmpty ? "\(appID)-scored" : topics.scored }
    /// The topic for what does not fit into the metadata of a committed offset.
    public var checkpointsTopic: String { topics.checkpoints.isEmpty ? "\(appID)-checkpoints" : topics.checkpoints }

    /// A key that names a topic, and the topic.
    private struct Role {
        let key: String
        let topic: String
        /// Nobody named it: it follows from `app_id`.
        var isDefault = false
    }

    private var roles: [Role] {
        let given = [
            Role(key: "topics.examples", topic: topics.examples), Role(key: "topics.rollouts", topic: topics.rollouts),
            Role(key: "topics.rewards", topic: topics.rewards), Role(key: "topics.output", topic: topics.output),
            Role(key: "topics.scored", topic: scoredTopic, isDefault: topics.scored.isEmpty),
            Role(key: "topics.checkpoints", topic: checkpointsTopic, isDefault: topics.checkpoints.isEmpty),
            Role(key: "topics.dlq", topic: dlqTopic, isDefault: topics.dlq.isEmpty),
            Role(key: "topics.ledger", topic: topics.ledger), Role(key: "topics.adapters", topic: topics.adapters),
            Role(key: "topics.policy", topic: topics.policy), Role(key: "topics.demand", topic: topics.demand),
        ]
        return topics.events.map { Role(key: "topics.events", topic: $0) } + given.filter { !$0.topic.isEmpty }
    }

    /// Two keys that name one topic.
    public struct TopicClash: Sendable, Hashable {
        /// The key that was named later, and is to be changed.
        public let key: String
        /// The key that names the same topic.
        public let other: String
        /// What is wrong, continuing "`key` …".
        public let message: String
    }

    /// Every key that names the topic of another one: what is written for one would be read, compacted or removed as the
    /// other's.
    public var topicClashes: [TopicClash] {
        var clashes: [TopicClash] = []
        var known: [String: Role] = [:]
        for role in roles {
            // Kafka counts names as the same that differ in these two characters
            let name = String(role.topic.map { $0 == "." ? "_" : $0 })
            guard let other = known[name] else {
                known[name] = role
                continue
            }
            clashes.append(clash(role, other))
        }
        return clashes
    }

    private func clash(_ role: Role, _ other: Role) -> TopicClash {
        // who changes something changes the key that is in the configuration
        let (role, other) = role.isDefault && !other.isDefault ? (other, role) : (role, other)
        guard role.key != other.key else {
            return TopicClash(key: role.key, other: other.key, message: "names the topic `\(role.topic)` twice")
        }
        let rest = ": each needs a topic of its own"
        let isSame = role.topic == other.topic
        let theirs = other.isDefault ? "as `\(other.key)` does by default" : "as `\(other.key)` does"
        return TopicClash(
            key: role.key,
            other: other.key,
            message: isSame
                ? "names the topic `\(role.topic)`, \(theirs)\(rest)"
                : "names the topic `\(role.topic)` and `\(other.key)` names `\(other.topic)`, which Kafka takes for the same "
                    + "name (`.` and `_` are alike)\(rest)"
        )
    }
}
