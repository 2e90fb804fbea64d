internal import JSON
public import Kafka
public import Reinforce
public import Settings
public import Telemetry

/// The processor beside Kafka: reads the events topic as a group, writes batches at least once.
///
/// One thread polls, assembles, decides and commits. A commit names what is still open (``Checkpoint``), so that after a
/// restart nothing is lost and only what was written since the last commit comes again, whole and with the same digest.
public final class LiveProcessor {
    let settings: Settings
    let log: Logger
    let clock: any LiveClock
    let topic: String
    let configuration: ClientConfiguration
    let output: LiveOutput
    let checkpoints: CheckpointTopic
    var examples: ExampleTable
    var partitions: [Int32: LivePartition] = [:]
    /// How many partitions the topic has: groups are whole only where all of them are read here.
    let partitionCount: Int32
    var groups: LiveGroups
    var composer: BatchComposer
    /// The instant-learning loop, where it is on.
    let adapters: AdapterLoop?
    /// Groups in the composer, by when they came there.
    var composing: [RenderedGroup] = []
    var composingSince: Int64?
    let renderer: GroupRenderer
    let estimator: Estimator
    /// What was counted.
    public internal(set) var counts = LiveCounts()
    var lastCommit: Int64 = 0
    var recordsSinceCommit = 0
    var stageConfiguration: ThreadStageConfiguration
    /// Called after every record (tests end a run there as a crash would, without a word to the broker).
    var onRecord: ((LiveProcessor) throws -> Void)?
    /// Reading has stopped until memory is freed.
    var isPaused = false
    /// Partitions have left: everything is read again from its commit by a new member.
    var mustRejoin = false

    /// - Parameters:
    ///   - settings: all of them.
    ///   - examples: the training examples.
    ///   - client: properties of every client; brokers included.
    ///   - log: where lines go.
    ///   - clock: what time it is.
    /// - Throws: ``PipelineProblem`` where the topic is not there or a setting cannot be worked with, ``KafkaError``.
    public init(
        _ settings: Settings,
        examples: ExampleTable,
        client: ClientConfiguration,
        log: Logger,
        clock: any LiveClock = SystemClock()
    ) throws {
        try settings.refuseReplayOnly()
        self.settings = settings
        self.log = log
        self.clock = clock
        self.examples = examples
        configuration = client
        topic = settings.topics.events.first ?? "dashstream-events"
        estimator = try settings.makeEstimator()
        partitionCount = try Self.partitions(of: topic, client)
        var producing = client
        producing[.linger] = 5
        producing[.messageMaxBytes] = max(
            1_000_000,
            settings.batches.maxBytes * 2,
            settings.limits.maxFrameBytes + 65_536
        )
        let producer = try Producer(producing, onLog: Self.forward(log))
        output = LiveOutput(producer, settings, estimator)
        checkpoints = CheckpointTopic(settings, client, producer)
        var stageConfiguration = settings.liveStageConfiguration()
        stageConfiguration.tellsClosedGroups = true
        self.stageConfiguration = stageConfiguration
        adapters = try AdapterLoop.resumed(settings, client, log)
        let rules = settings.groupConfiguration()
        let decider = GroupDecider(rules, estimator: estimator, rewards: stageConfiguration.rewards, examples: examples)
        groups = LiveGroups(decider, memory: rules.deadline + rules.settle + settings.assembly.idleTimeout)
        let batches = settings.batchConfiguration()
        composer = BatchComposer(batches)
        renderer = GroupRenderer(
            estimator,
            samples: batches.samples,
            topic: .init(topic),
            format: batches.format
        )
    }

    /// Reads until `isStopping` says so, then commits and leaves the group.
    ///
    /// - Throws: ``KafkaError`` or ``PipelineProblem`` that ended the work; what was committed is whole.
    public func run(isStopping: () -> Bool) throws {
        log.info(
            "reading",
            ["topic": .init(topic), "partitions": .init(Int(partitionCount)), "group": .init(settings.appID)]
        )
        var isDone = false
        while !isDone {
            forget()
            isDone = try session(isStopping)
        }
        try output.close()
        log.info("stopped", ["records": .init(counts.records), "batches": .init(output.batchesWritten)])
    }

    /// Reads as one member of the group, until it stops (true) or partitions have left (false).
    private func session(_ isStopping: () -> Bool) throws -> Bool {
        var reading = configuration
        reading[.groupID] = settings.appID
        reading[.autoCommit] = false
        reading[.autoOffsetStore] = false
        reading[.offsetReset] = "error"
        reading[.isolationLevel] = "read_committed"
        reading[.assignmentStrategy] = "cooperative-sticky"
        reading[.partitionEnd] = true
        reading[.checksums] = true
        if reading[.sessionTimeout] == nil { reading[.sessionTimeout] = 10_000 }
        if reading[.maxPollInterval] == nil { reading[.maxPollInterval] = 60_000 }
        if !settings.instanceID.isEmpty { reading[.groupInstanceID] = settings.instanceID }
        let consumer = try Consumer(reading, onLog: Self.forward(log))
        let handler = Assignment(self)
        try consumer.subscribe([topic], handler)
        var batch = RecordBatch(capacity: 2000)
        lastCommit = clock.milliseconds
        let stopped: Bool
        do {
            while !isStopping(), !mustRejoin {
                try poll(consumer, &batch)
                try handler.checkWhole()
                try keepWithinBudget(consumer)
                try work()
            }
            stopped = !mustRejoin
            if stopped {
                for record in adapters?.publishAll(now: clock.milliseconds) ?? [] { try output.write(record) }
                try commit(consumer, isFinal: true)
            }
            // what leaves now has been committed
            mustRejoin = true
        } catch {
            // what went wrong may have spoilt the output: leave without another commit
            mustRejoin = true
            try? consumer.close(milliseconds: 5000)
            throw error
        }
        try consumer.close()
        return stopped
    }

    private func poll(_ consumer: borrowing Consumer, _ batch: inout RecordBatch) throws {
        // a consumer cannot be closed while its records are held
        defer { batch.removeAll() }
        do throws(KafkaError) {
            try consumer.poll(into: &batch, milliseconds: 50)
        } catch {
            try tolerate(error)
        }
        try batch.forEach { record in try receive(record) }
        let now = clock.milliseconds
        for end in batch.ends {
            if case .at(let offset) = end.offset { partitions[end.partition.partition]?.reachEnd(at: offset, now: now) }
        }
        recordsSinceCommit += batch.count
        let isDue = now - lastCommit >= settings.commit.interval || recordsSinceCommit >= settings.commit.maxRecords
        if isDue { try commit(consumer, isFinal: false) }
    }

    /// An error that passes by itself is told and waited out; any other ends the work.
    private func tolerate(_ error: KafkaError) throws {
        // _TRANSPORT, _RESOLVE, _ALL_BROKERS_DOWN, _TIMED_OUT: librdkafka reconnects
        let passing: Set<Int32> = [-195, -193, -187, -185]
        guard passing.contains(error.code) || error.recovery == .retry else { throw error }
        log.warning("waiting for Kafka", ["problem": .init(error)])
    }

    private func receive(_ record: borrowing Record) throws {
        guard let partition = partitions[record.partition], partition.advance(to: record.offset) else {
            counts.repeated += 1
            return
        }
        var position = RecordPosition(partition: record.partition, offset: record.offset, timestamp: record.timestamp)
        if position.timestamp > clock.wallMilliseconds + settings.assembly.maxClockSkew {
            position.timestamp = -1
            counts.clamped += 1
        }
        let isAgain = partition.stage.isRestoring
        let poison = partition.stage.receive(
            key: record.key,
            value: record.value,
            at: position,
            traceparent: record.header("traceparent")
        )
        if let poison, !isAgain || !partition.stage.isRestoring {
            try output.write(poison: poison, record, at: clock.wallMilliseconds)
        }
        counts.records += 1
        try onRecord?(self)
    }
}
