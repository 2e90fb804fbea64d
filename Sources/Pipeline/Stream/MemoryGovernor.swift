internal import Kafka
internal import Settings
internal import Telemetry

/// Stops reading at `limits.memory_budget` and goes on once a fifth of it is free: memory never grows with what is on the topic.
struct MemoryGovernor {
    private(set) var pause = BudgetPause()
    /// Monotonic time of the last look, milliseconds.
    private var lastLook: Int64 = 0
    private let services: StreamServices

    init(_ services: StreamServices) { self.services = services }

    /// Bytes by which each of so many tasks may grow in a turn.
    func growth(held: Int, tasks: Int) -> Int {
        max(0, services.settings.limits.memoryBudget - held) / max(1, tasks)
    }

    /// Whether a task is to process nothing now. What lies between the stages is always read: it makes memory free.
    func isPaused(_ place: TopicPartition) -> Bool {
        services.topology.isEvents(place.topic) && pause.isPaused(place)
    }

    /// Looks at what is held, and pauses partitions of the events or goes on with them.
    ///
    /// - Parameters:
    ///   - tasks: those that take part.
    ///   - held: bytes that all tasks hold.
    ///   - waiting: partitions that are to pause though memory is free: nobody can be asked about their rollouts, or others
    ///     go first.
    mutating func look(
        at tasks: [any StreamTask],
        held: Int,
        waiting: Set<TopicPartition>,
        _ consumer: borrowing Consumer
    ) throws(KafkaError) {
        let was = pause
        let ours = tasks.filter { services.topology.isEvents($0.place.topic) }
        let change = pause.update(
            held: held,
            budget: services.settings.limits.memoryBudget,
            ours: Set(ours.map(\.place)),
            waiting: waiting
        )
        if !change.pause.isEmpty { try consumer.pause(change.pause) }
        if !change.resume.isEmpty { try consumer.resume(change.resume) }
        let now = services.clock.milliseconds
        for task in ours where was.isPaused(task.place) && pause.isPaused(task.place) {
            task.passPaused(min(now - lastLook, 5000))
        }
        lastLook = now
        if pause.isPaused, !was.isPaused {
            services.log.error(
                "paused at limits.memory_budget; if it stays so, raise it and start again: nothing is lost",
                ["bytes": .init(held), "partitions": .init(ours.count)]
            )
        } else if was.isPaused, !pause.isPaused {
            services.log.info("reading again", ["bytes": .init(held)])
        }
    }

    /// A partition is ours no longer.
    mutating func leave(_ place: TopicPartition) { pause.leave(place) }
}
