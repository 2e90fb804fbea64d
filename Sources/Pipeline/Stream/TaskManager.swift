internal import Failpoints
internal import Kafka
internal import Problems
internal import Reinforce
internal import Settings
internal import Telemetry

/// The tasks of the partitions that are ours: opened from what is committed, suspended when they go, closed when they are lost.
final class TaskManager {
    /// What is being read about partitions that are ours: the number of each assignment, and what came of it.
    struct Readings: Sendable {
        let numbers: [TopicPartition: Int]
        let found: [TopicPartition: Result<PartitionReading, any Error>]
    }

    /// A task that is ready to be read for, once the pairings beside it are known.
    private struct OpenedTask {
        let task: any StreamTask
        let start: Int64
    }

    /// Those that are worked on.
    private(set) var active: [TopicPartition: any StreamTask] = [:]
    /// Partitions that are ours and that nobody works on yet.
    private(set) var openings = Openings()
    /// Those of them that wait for the pairings beside them only.
    private var opened: [TopicPartition: OpenedTask] = [:]
    /// What is being read about them.
    private var readings = SideJob<Readings>()
    /// Tasks whose partitions went away with all they had committed: kept in case they come back to us first.
    private var suspended: [TopicPartition: SuspendedTask] = [:]
    /// Tasks that are being taken up again, since when (milliseconds of the monotonic clock).
    private var restoring: [TopicPartition: Int64] = [:]
    private let services: StreamServices
    private let tables: ReferenceTables
    private let factory: TaskFactory
    private let journal: StreamJournal

    /// Somebody is asked what rollouts are worth: while a task is suspended it would miss what is said.
    private let asks: Bool

    init(_ services: StreamServices, _ tables: ReferenceTables, _ journal: StreamJournal, asks: Bool) {
        self.asks = asks
        self.services = services
        self.tables = tables
        self.journal = journal
        factory = TaskFactory(services: services, tables: tables)
    }

    /// The task of a partition; nil: nobody works on it.
    subscript(_ place: TopicPartition) -> (any StreamTask)? { active[place] }
    /// In the order of their partitions.
    var sorted: [any StreamTask] { active.values.sorted { $0.place < $1.place } }
    /// Bytes that all of them hold, roughly.
    var heldBytes: Int { active.values.reduce(0) { $0 + $1.heldBytes } }

    /// The group has given us partitions.
    func add(_ places: [TopicPartition]) { openings.add(places, at: SystemClock.uptime) }

    /// Every task hears of it, those that are not read for yet too.
    func apply(_ change: ReferenceChange) {
        for task in active.values { task.apply(change) }
        for made in opened.values { made.task.apply(change) }
    }

    /// Gets partitions to work that the group has given us. What is committed of them is asked for beside this loop, as
    /// often as it takes.
    ///
    /// - Returns: false where it could not be found out this time.
    /// - Throws: ``SessionEnd`` where that takes too long, ``PipelineProblem`` where going on would lose or double something.
    func takeUp(_ consumer: borrowing Consumer) throws -> Bool {
        guard !openings.isEmpty else { return true }
        // brokers take their time, whatever clock the stream is told
        let now = SystemClock.uptime
        var isKnown = true
        if let answer = readings.take() { isKnown = try open(answer, now) }
        try begin(consumer)
        let due = openings.due(at: now, besides: Set(opened.keys))
        if !due.isEmpty { ask(due) }
        if openings.isStuck(at: now) {
            throw SessionEnd.lost("partitions of ours could not be taken up for \(Openings.patience / 1000) s")
        }
        return isKnown
    }

    private func ask(_ numbers: [TopicPartition: Int]) {
        let inquiry = PartitionInquiry(services, patience: openings.answerTime)
        let tokens = suspended.mapValues(\.token)
        _ = readings.start { Readings(numbers: numbers, found: inquiry.read(numbers.keys.sorted(), suspended: tokens)) }
    }

    /// Makes tasks of what was read.
    ///
    /// - Returns: whether all of it was.
    private func open(_ answer: Readings, _ now: Int64) throws -> Bool {
        var problem: (place: TopicPartition, error: any Error)?
        var pairings: [Int32: (low: Int64, high: Int64)] = [:]
        var rewards: [Int32: (low: Int64, high: Int64)] = [:]
        var firsts: [TopicPartition] = []
        for (place, result) in answer.found.sorted(by: { $0.key < $1.key }) {
            guard let number = answer.numbers[place], openings.isCurrent(place, number) else { continue }
            do {
                let reading = try result.get()
                guard let made = try open(reading) else { continue }
                opened[place] = made
                if case .first = reading.start { firsts.append(place) }
                if let bounds = reading.pairings { pairings[place.partition] = bounds }
                if let bounds = reading.rewards { rewards[place.partition] = bounds }
            } catch let error as KafkaError where !error.isNotAllowed {
                problem = problem ?? (place, error)
            } catch let error as PipelineProblem where error.isPassing {
                problem = problem ?? (place, error)
            }
        }
        if !firsts.isEmpty {
            services.log.info(
                "first start",
                ["partitions": .init(firsts.inRanges), "start": .init(services.settings.start)]
            )
        }
        try tables.follow(pairings: pairings, rewards: rewards)
        let mustTell = openings.answered(failed: problem != nil, at: now)
        guard let problem else { return true }
        guard mustTell else { return false }
        services.log.error(
            "partitions are ours and nobody works on them: what is committed of them cannot be read; trying again",
            [
                "partitions": .init(openings.places.inRanges),
                "problem": .init("\(problem.error)"),
            ]
        )
        return false
    }

    /// - Returns: nil: what had been suspended is gone, so the partition must be read anew.
    private func open(_ reading: PartitionReading) throws -> OpenedTask? {
        let place = reading.place
        let log = services.log
        switch reading.start {
        case .first(let offset):
            return OpenedTask(task: factory.fresh(reading, offset), start: offset)
        case .reset(let offset):
            log.warning(
                "the committed offset carries no checkpoint: somebody has set it; beginning there with nothing open",
                ["partition": .init(place), "offset": .init(Int(offset))]
            )
            return OpenedTask(task: factory.fresh(reading, offset), start: offset)
        case .checkpoint(let checkpoint):
            if let kept = suspended.removeValue(forKey: place), kept.token == checkpoint.token {
                kept.task.flow.returned()
                journal.status.retained += 1
                return OpenedTask(task: kept.task, start: kept.task.flow.position)
            }
            guard !reading.isWarm else { return nil }
            let made = try factory.restored(reading, checkpoint)
            journal.status.restores += 1
            restoring[place] = services.clock.milliseconds
            return OpenedTask(task: made.task, start: made.start)
        }
    }

    /// Reads for those that are ready.
    private func begin(_ consumer: borrowing Consumer) throws {
        let ready = opened.filter { place, _ in
            place.topic != services.settings.topics.events.first || tables.isThrough(place.partition)
        }
        guard !ready.isEmpty, consumer.isCooperative || ready.count == openings.places.count else { return }
        Faults.point("assign-before-seek")
        try consumer.take(ready.map { PartitionOffset($0.key, .at($0.value.start)) })
        let longest = ready.keys.map { openings.waited($0, at: SystemClock.uptime) }.max() ?? 0
        for (place, made) in ready {
            active[place] = made.task
            journal.measures.began(place, at: made.start)
            opened[place] = nil
            openings.remove(place)
        }
        journal.measures.rebalanced(.assigned, took: longest)
        services.log.info(
            "assigned",
            [
                "partitions": .init(ready.keys.inRanges),
                "ms": .init(Int(longest)),
            ]
        )
    }

    /// Tells of tasks that are through with what they had to read again.
    func noteRestored() {
        var done: [(task: any StreamTask, milliseconds: Int64)] = []
        for (place, since) in restoring where opened[place] == nil && active[place].map({ !$0.isRestoring }) ?? true {
            restoring[place] = nil
            if let task = active[place] { done.append((task, services.clock.milliseconds - since)) }
        }
        if !done.isEmpty { journal.restored(done) }
    }

    /// A partition is ours no longer: its task is suspended where all of it is committed, else closed.
    ///
    /// - Parameter isLost: another member had it before it was handed over.
    /// - Throws: ``KafkaError`` where the topics beside it cannot be left.
    func leave(_ place: TopicPartition, isLost: Bool) throws(KafkaError) {
        openings.remove(place)
        opened[place] = nil
        restoring[place] = nil
        defer { suspendOrClose(place, isLost: isLost) }
        if place.topic == services.settings.topics.events.first { try tables.leave(place.partition) }
    }

    private func suspendOrClose(_ place: TopicPartition, isLost: Bool) {
        guard let task = active.removeValue(forKey: place) else { return }
        journal.measures.read(bytes: task.takeBytesRead(), of: place)
        let now = services.clock.milliseconds
        suspended = suspended.filter { now - $0.value.since < SuspendedTask.patience }
        guard !isLost, let committed = task.committed, task.pending.isEmpty, !task.isRestoring, !task.hasChanged,
            !(asks && task.isAsking)
        else { return }
        suspended[place] = SuspendedTask(task: task, token: committed.token, since: now)
    }

    /// Forgets all that is not committed; what is taken up next is read from the brokers.
    func closeAll() {
        active = [:]
        suspended = [:]
        openings = Openings()
        opened = [:]
        readings = SideJob()
        restoring = [:]
    }
}
