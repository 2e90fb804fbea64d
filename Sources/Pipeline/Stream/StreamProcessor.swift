public import Kafka
internal import Problems
public import Reinforce
public import Settings
public import Telemetry

/// The live processor, any number of processes: two stages, and the log as the state store.
///
/// Stage one folds an events partition into scored rollouts on the internal topic; stage two folds a partition of that
/// topic into groups and batches. What both have ready leaves in one transaction with the offsets it is derived from, and
/// beside each offset stands what is open there (``Checkpoint``). One thread polls; partitions are worked on side by side;
/// a transaction runs on the producer's own thread while the work goes on. With `delivery: at_least_once` it is written
/// first and its offsets are committed then (``CommitPath``).
public final class StreamProcessor {
    let settings: Settings
    let log: Logger
    let clock: any LiveClock
    let client: ClientConfiguration
    let topology: StreamTopology
    /// This process's own name, the same after a restart.
    let instance: String
    /// Brokers that are well say something at least so often, milliseconds.
    let quiet: Int64
    /// Holds the name while nobody has set one.
    let slot: InstanceSlot?
    var path: CommitPath
    /// What earlier producers of this process have done.
    var earlier = TransactionCounts()
    let tables: ReferenceTables
    let services: StreamServices
    /// Asks what rollouts are worth; nil: nobody is asked.
    let desk: RewardDesk?
    let judgeLog: JudgeLog
    /// Takes spans for a collector of traces; nil: there is none.
    let spans: SpanExporter?
    let estimator: Estimator
    /// Names this life of the process in every commit.
    let writer: UInt32
    /// librdkafka's mock cluster forgets the offsets of transactions: there they are committed plainly too.
    let isEmbedded: Bool
    /// Nobody waits longer for a transaction, milliseconds: by then the brokers have ended it by themselves.
    let transactionPatience: Int64
    var sequence: UInt64 = 0
    var partitions: [TopicPartition: any StreamPartition] = [:]
    /// Partitions that went away with all they had committed: kept in case they come back to us first.
    var parked: [TopicPartition: ParkedPartition] = [:]
    var inFlight: CommitBundle?
    /// Partitions that are ours and that nobody works on yet.
    var openings = Openings()
    /// Those of them that wait for the pairings beside them only.
    var opened: [TopicPartition: OpenedPartition] = [:]
    /// What is being read about them.
    var readings = SideJob<Readings>()
    /// Why partitions cannot be taken; ends the process.
    var refusal: PipelineProblem?
    /// Why this life as a member of the group is over.
    var sessionEnd: SessionEnd?
    var recovery: SessionRecovery
    var retries = RetryState()
    var membership: MembershipWatch
    var lastCommit: Int64 = 0
    var lastReport = StreamReport()
    var notices = Notices()
    var exampleLetters = ExampleLetters()
    var recordsSinceCommit = 0
    var purges = PurgeSchedule()
    /// Partitions that are being taken up again, since when (milliseconds of the monotonic clock).
    var restoring: [TopicPartition: Int64] = [:]
    var pause = BudgetPause()
    var isPaused: Bool { pause.isPaused }
    /// Monotonic time of the last look at the budget, milliseconds.
    var lastPause: Int64 = 0
    /// Partitions that went away while the consumer was polled: what is left over of theirs is nobody's.
    var departed: Set<TopicPartition> = []
    private var rewinds = 0
    /// Commits in a row that had read records and made no batch.
    var emptyCommits = 0
    /// Sizes and times, for those who watch.
    var measures = StreamMeasures()
    /// What others see; nil: nobody watches.
    let watch: StreamWatch?
    /// What was counted and committed.
    public internal(set) var counts = StreamCounts()
    /// How the commits went.
    public internal(set) var status = StreamStatus()
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
        self.settings = settings
        self.watch = watch
        self.log = log
        self.clock = clock
        self.client = client
        self.writer = writer
        self.isEmbedded = isEmbedded
        slot = settings.instanceID.isEmpty && !isEmbedded ? InstanceSlot(settings.appID, log) : nil
        instance = settings.instanceID.isEmpty ? slot?.name ?? InstanceSlot.host : settings.instanceID
        watch?.begin(as: instance)
        let member = settings.consuming(client, instance)
        quiet = member.longestSilence
        let session = member[.sessionTimeout] ?? 10_000
        membership = MembershipWatch(sessionTimeout: session)
        transactionPatience = Int64(settings.producing(client)[.transactionTimeout] ?? 15_000) + 2000
        recovery = SessionRecovery(sessionTimeout: session)
        estimator = try settings.makeEstimator()
        judgeLog = JudgeLog(log)
        spans = try settings.makeSpanExporter(instance, log)
        desk = try settings.makeDesk(judgeLog, spans) { clock.wallMilliseconds }
        do throws(KafkaError) {
            topology = try StreamTopology(settings, client, isEmbedded: isEmbedded)
            services = StreamServices(settings, topology, estimator, log, isWatched: watch != nil)
            tables = try ReferenceTables(settings, examples, client, log)
            path = try CommitPath(settings, client, instance, log)
        } catch {
            throw PipelineProblem(error, client)
        }
        if let problem = topology.problem { throw problem }
    }

    /// Reads until `isStopping` says so, then commits and leaves the group. Whatever the brokers do meanwhile, it goes on
    /// when they answer again.
    ///
    /// - Throws: ``KafkaError`` or ``PipelineProblem`` that ended the work; what was committed is whole.
    public func run(isStopping: () -> Bool) throws {
        tellStart()
        if isEmbedded, settings.isExactlyOnce {
            log.info("embedded means at-least-once: the mock cluster forgets what transactions commit")
        }
        defer { spans?.close() }
        defer { path.close() }
        // what an earlier life left open is ended before anyone asks for its offsets
        try path.initialize()
        Faults.point("init-transactions")
        try tables.load()
        while let end = try session(isStopping) {
            guard try recover(from: end, isStopping) else { break }
        }
        tellEnd()
    }

    /// Records that one poll brings at most.
    static let batch = 8000

    /// One turn: read, work, commit what is due.
    func turn(_ consumer: borrowing Consumer, _ batch: inout RecordBatch) throws {
        try poll(consumer, &batch)
        if let refusal { throw refusal }
        if let sessionEnd { throw sessionEnd }
        if Faults.isOff("monotone") { rewind(consumer) }
        noteRestored()
        try onPoll?(self)
        try tables.poll { change in
            for partition in partitions.values { partition.apply(change) }
            for made in opened.values { made.partition.apply(change) }
        }
        exchangeRewards()
        try takeUp(consumer)
        learnExampleLetters(consumer.member)
        try keepWithinBudget(consumer)
        try settleInFlight(consumer.member)
        let now = clock.milliseconds
        for partition in partitions.values { partition.flow.tick(now: now, longest: 5000) }
        let isDue =
            now - lastCommit >= settings.commit.interval || recordsSinceCommit >= settings.commit.maxRecords
            || partitions.values.contains(where: \.isNoteOutdated)
        if isDue, inFlight == nil { try commitDue(consumer, now) }
        tell(consumer, now)
    }

    /// What a library with a fault would do behind our back; only where the reliability suite asks for it.
    private func rewind(_ consumer: borrowing Consumer) {
        rewinds += 1
        guard rewinds % 100 == 0 else { return }
        for (place, partition) in partitions where topology.isEvents(place.topic) && partition.flow.position > 20 {
            try? consumer.seek(PartitionOffset(place, .at(partition.flow.position - 20)))
        }
    }

    /// Tells of partitions that are through with what they had to read again.
    private func noteRestored() {
        for (place, since) in restoring
        where opened[place] == nil && partitions[place].map({ !$0.isRestoring }) ?? true {
            restoring[place] = nil
            guard let partition = partitions[place] else { continue }
            status.replayed += partition.replayed
            measures.restored(milliseconds: clock.milliseconds - since)
            trace(restored: place, records: partition.replayed, milliseconds: clock.milliseconds - since)
            log.info(
                "restored",
                [
                    "partition": .init(place), "replayed": .init(partition.replayed),
                    "ms": .init(Int(clock.milliseconds - since)),
                ]
            )
        }
    }
}
