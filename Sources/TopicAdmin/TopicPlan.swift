public import Settings

/// The topics and permissions that settings ask for. Pure: no broker is asked.
public struct TopicPlan: Sendable, Hashable {
    /// The topics, inputs first.
    public let topics: [PlannedTopic]
    /// Who may do what.
    public let permissions: [Permission]

    /// How many partitions events get where nothing else is said: later they cannot be more without stopping.
    public static let defaultPartitions: Int32 = 12
    private static let day: Int64 = 86_400_000

    /// - Parameters:
    ///   - settings: which topics there are, and their limits.
    ///   - partitions: of the events topics, by name where they are there already.
    public init(
        _ settings: Settings,
        partitions: Int32 = TopicPlan.defaultPartitions,
        existing: [String: Int32] = [:]
    ) {
        let names = settings.topics
        func count(_ topic: String) -> Int32 { existing[topic] ?? partitions }
        let first = names.events.first.map(count) ?? partitions
        let most = names.events.map(count).max() ?? partitions
        let frame = String(settings.limits.maxFrameBytes + 65_536)
        let largest = String(
            max(1_048_588, settings.batches.maxBytes * 2, settings.limits.maxFrameBytes + 65_536)
        )
        let week = String(max(7 * Self.day, settings.assembly.maxThreadAge * 4))
        func kept(_ retention: String, _ bytes: String) -> [String: String] {
            ["cleanup.policy": "delete", "retention.ms": retention, "max.message.bytes": bytes]
        }
        let compacted = ["cleanup.policy": "compact"]

        var topics: [PlannedTopic] = []
        func add(_ name: String, _ role: PlannedTopic.Role, _ partitions: Int32, _ configuration: [String: String]) {
            guard !name.isEmpty else { return }
            topics.append(
                PlannedTopic(name: name, role: role, partitions: partitions, configuration: configuration)
            )
        }
        for topic in names.events { add(topic, .events, count(topic), kept(week, frame)) }
        // pairings and rewards stand beside their threads
        add(names.rollouts, .rollouts, first, ["cleanup.policy": "delete", "retention.ms": week])
        add(names.rewards, .rewards, first, ["cleanup.policy": "delete", "retention.ms": week])
        if settings.examples.file.isEmpty { add(names.examples, .examples, 1, compacted) }
        add(names.policy, .policy, 1, compacted)
        add(names.output, .output, most, kept(week, largest))
        let scored = settings.topics.scoredPartitions == 0 ? most : Int32(settings.topics.scoredPartitions)
        // removed by the processor itself, never by time
        add(settings.scoredTopic, .scored, scored, kept("-1", largest))
        add(settings.checkpointsTopic, .checkpoints, 1, compacted)
        add(settings.dlqTopic, .dlq, most, kept(String(30 * Self.day), frame))
        add(names.ledger, .ledger, most, ["cleanup.policy": "delete", "retention.ms": week])
        add(names.demand, .demand, 1, compacted)
        if settings.instantLoop.enabled { add(names.adapters, .adapters, 1, compacted) }
        self.topics = topics
        permissions = Permission.all(topics, settings)
    }
}
