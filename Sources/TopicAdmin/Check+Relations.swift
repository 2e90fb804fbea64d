internal import Kafka
internal import Problems
internal import Settings

extension Check {
    /// Two roles that name one topic.
    var clashes: [Finding] {
        settings.topicClashes.map {
            .error(.usage, $0.key, $0.message, "name another topic in `\($0.key)` or `\($0.other)`")
        }
    }

    /// A topic whose number of partitions is not as planned.
    func count(_ topic: PlannedTopic, _ partitions: Int32) -> [Finding] {
        let subject = "topic \(topic.name)"
        switch topic.role {
        case .scored:
            return [
                .error(
                    .usage,
                    subject,
                    "has \(partitions) partitions, planned are \(topic.partitions): its groups would move",
                    "set topics.scored_partitions to \(partitions), or delete the topic while nothing is open"
                )
            ]
        case .rollouts:
            return [
                .error(
                    .usage,
                    subject,
                    "has \(partitions) partitions and the events have \(topic.partitions): a pairing would not be on the "
                        + "same partition as its thread",
                    "give both the same number"
                )
            ]
        case .rewards:
            return [
                .error(
                    .usage,
                    subject,
                    "has \(partitions) partitions and the events have \(topic.partitions): a reward would not be on the same "
                        + "partition as its thread",
                    "give both the same number"
                )
            ]
        // any number will do
        default: return []
        }
    }

    /// What must fit between topics.
    func relations(_ plan: TopicPlan, _ found: [String: Int32]) -> [Finding] {
        let events = plan.topics.filter { $0.role == .events }.compactMap { topic in
            found[topic.name].map { (topic.name, $0) }
        }
        guard !settings.topics.rollouts.isEmpty, let first = events.first,
            let other = events.first(where: { $0.1 != first.1 })
        else { return [] }
        return [
            .error(
                .usage,
                "topics.events",
                "\(first.0) has \(first.1) partitions and \(other.0) has \(other.1): one rollouts topic cannot "
                    + "have as many partitions as both",
                "give them the same number, or leave topics.rollouts empty"
            )
        ]
    }
}
