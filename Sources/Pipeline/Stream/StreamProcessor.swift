internal import Failpoints
public import Kafka
internal import Problems
public import Reinforce
public import Settings
public import Telemetry

/// The live processor, any number of processes: two stages, and the log as the state store.
///
/// Stage one folds an events partition into scored rollouts on the internal topic; stage two folds a partition of that
/// topic into groups and batches. What both have ready leaves in one transaction with the offsets it is derived from, and
/// beside each offset stands what is open there (``Checkpoint``). One thread polls; tasks are worked on side by side; a
/// transaction runs on the producer's own thread while the work goes on. With `delivery: at_least_once` it is written first
/// and its offsets are committed then (``CommitPath``).
///
/// The loop is here. Which tasks there are is the ``TaskManager``'s business, what leaves the ``CommitCoordinator``'s, and
/// how much is held the ``MemoryGovernor``'s.
public final class StreamProcessor {
    let services: StreamServices
    let tables: ReferenceTables
    let tasks: TaskManager
    let commits: CommitCoordinator
    let rewards: RewardExchange
    var memory: MemoryGovernor
    private var restoreFirst = RestoreFirst()
    let journal: StreamJournal
    let reporter: StreamReporter
    /// Holds the name while nobody has set one.
    private let slot: InstanceSlot?
    /// Why partitions cannot be taken; ends the process.
    var refusal: PipelineProblem?
    /// Why this life as a member of the group is over.
    var sessionEnd: SessionEnd?
    /// Partitions that went away while the consumer was polled: what is left over of theirs is nobody's.
    var departed: Set<TopicPartition> = []
    private var rewinds = 0
    /// What was counted and committed.
    public var counts: StreamCounts { journal.counts }
    /// How the commits went.
    public var status: StreamStatus { journal.status }
    /// Called after every batch of records (tests end a run there as a crash would).
    var onPoll: ((StreamProcessor) throws -> Void)?

    /// - Parameters:
    ///   - settings: all of them.
    ///   - examples: the training examples of the file; nil: they come from the topic.
    ///   - client: properties of every client; brokers included.
    ///   - log: where lines go.
    ///   - clock: what time it is.
    ///   - writer: names this life of the process; drawn at random.
    ///   - isEmbedded: the broker is librdkafka's mock cluster: at least once is all it can do.
    ///   - watch: where it publishes how it stands; nil: nowhere.
    /// - Throws: ``PipelineProblem`` where a topic is not there or a setting cannot be worked with, ``KafkaError``.
    public init(
        _ settings: Settings,
        examples: ExampleTable?,
        client: ClientConfiguration,
        log: Logger,
        clock: any LiveClock = SystemClock(),
        writer: UInt32 = .random(in: 1 ... .max),
        isEmbedded: Bool = false,
        watch: StreamWatch? = nil
    ) throws {
        slot = settings.instanceID.isEmpty && !isEmbedded ? InstanceSlot(settings.appID, log) : nil
        let instance = settings.instanceID.isEmpty ? slot?.name ?? InstanceSlot.host : settings.instanceID
        watch?.begin(as: instance)
        let estimator = try settings.makeEstimator()
        let spans = try settings.makeSpanExporter(instance, log)
        let judgeLog = JudgeLog(log)
        let desk = try settings.makeDesk(judgeLog, spans) { clock.wallMilliseconds }
        rewards = RewardExchange(desk: desk, log: judgeLog)
        do throws(KafkaError) {
            services = StreamServices(
                settings,
                client,
                try StreamTopology(settings, client, isEmbedded: isEmbedded),
                estimator,
                log,
                clock,
                instance: instance,
                isEmbedded: isEmbedded,
                isWatched: watch != nil
            )
            tables = try ReferenceTables(settings, examples, client, log)
            journal = StreamJournal(services, spans: spans, watch: watch)
            tasks = TaskManager(services, tables, journal, asks: desk != nil)
            commits = try CommitCoordinator(
                services,
                tasks,
                ExampleLetters(services, tables),
                journal,
                writer: writer,
                sessionTimeout: services.consuming[.sessionTimeout] ?? 10_000
            )
        } catch {
            throw PipelineProblem(error, client)
        }
        memory = MemoryGovernor(services)
        reporter = StreamReporter(services, tasks, commits, rewards, journal, quiet: services.consuming.longestSilence)
        if let problem = services.topology.problem { throw problem }
    }

    /// Reads until `isStopping` says so, then commits and leaves the group. Whatever the brokers do meanwhile, it goes on
    /// when they answer again.
    ///
    /// - Throws: ``KafkaError`` or ``PipelineProblem`` that ended the work; what was committed is whole.
    public func run(isStopping: () -> Bool) throws {
        reporter.tellStart(tables)
        if services.isEmbedded, services.settings.isExactlyOnce {
            services.log.info("embedded means at-least-once: the mock cluster forgets what transactions commit")
        }
        defer { journal.spans?.close() }
        defer { commits.path.close() }
        // what an earlier life left open is ended before anyone asks for its offsets
        try commits.path.initialize()
        Faults.point("init-transactions")
        try tables.load()
        while let end = try session(isStopping) {
            guard try recover(from: end, isStopping) else { break }
        }
        reporter.tellEnd()
    }

    /// Records that one poll brings at most.
    static let batch = 8000

    /// One turn: read, work, commit what is due.
    func turn(_ consumer: borrowing Consumer, _ batch: inout RecordBatch) throws {
        try poll(consumer, &batch)
        if let refusal { throw refusal }
        if let sessionEnd { throw sessionEnd }
        if Faults.isOff("monotone") { rewind(consumer) }
        tasks.noteRestored()
        try onPoll?(self)
        try tables.poll { tasks.apply($0) }
        rewards.exchange(with: tasks)
        if try !tasks.takeUp(consumer) { commits.doubt() }
        commits.learnLetters(consumer.member)
        try keepWithinBudget(consumer)
        try commits.settleInFlight(consumer.member)
        let now = services.clock.milliseconds
        for task in tasks.active.values { task.flow.tick(now: now, longest: 5000) }
        try commits.commitIfDue(consumer)
        if reporter.tell(consumer, isPaused: memory.pause.isPaused) { slot?.touch() }
    }

    private func keepWithinBudget(_ consumer: borrowing Consumer) throws {
        let working = tasks.active.values.filter { !commits.retries.isQuarantined($0.place) }
        let others = restoreFirst.waiting(among: working.map(RestoreFirst.Standing.init), now: SystemClock.uptime)
        try memory.look(
            at: working,
            held: tasks.heldBytes,
            waiting: rewards.unaskable(of: tasks).union(others),
            consumer
        )
    }

    /// What a library with a fault would do behind our back; only where the reliability suite asks for it.
    private func rewind(_ consumer: borrowing Consumer) {
        rewinds += 1
        guard rewinds % 100 == 0 else { return }
        for task in tasks.active.values where services.topology.isEvents(task.place.topic) && task.flow.position > 20 {
            try? consumer.seek(PartitionOffset(task.place, .at(task.flow.position - 20)))
        }
    }
}
