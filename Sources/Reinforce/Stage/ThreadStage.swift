public import DashStream
public import JSON

/// What the stage that assembles, pairs and scores threads is told.
public struct ThreadStageConfiguration: Sendable {
    /// How frames are decoded.
    public var frames = FrameOptions()
    /// When threads are over.
    public var assembly = AssemblyConfiguration()
    /// How rollouts are scored.
    public var rewards = RewardConfiguration()
    /// Where in GRAPH_START's `graph_manifest` a pairing may stand; nil: nowhere.
    public var manifestPointer: JSONPointer?
    /// Bytes that the samples of a rollout may come to when they are written; beyond it the rollout is excluded, and none of
    /// them is kept.
    public var maxRolloutBytes = 8 << 20
    /// Whether the vectors of the instant-learning loop are kept with a rollout.
    public var capturesVectors = false
    /// Whether the rewards of single node executions are kept with a rollout: needed by ``Credit/node`` and ``Credit/state``.
    public var keepsNodeRewards = false
    /// How long after its end a thread without a pairing waits for one beside the trace, in milliseconds (live).
    public var pairingGrace: Int64 = 30_000
    /// How long after its end a thread waits for its example, in milliseconds (live).
    public var examplesGrace: Int64 = 30_000
    /// How long after its end a thread waits for rewards from outside the trace, in milliseconds (live).
    public var rewardsGrace: Int64 = 600_000
    /// How long before a thread's first message a reward of it may have been written, in milliseconds (live).
    public var rewardsBefore: Int64 = 3_600_000
    /// What has been said from outside the trace.
    public var rewardRecords = RewardRecords()
    /// What an earlier run found: such threads are not scored again.
    public var earlierScores: [ThreadKey: EarlierScore] = [:]
    /// Seed of the hash tables, drawn at random so that nobody can choose ids that collide; never seen in any output.
    public var hashSeed = UInt64.random(in: .min ... .max)

    /// The defaults.
    public init() {}
}

/// Records of one partition in, finished threads out: decode, assemble, pair, score. Pure: time comes with the records.
public struct ThreadStage: ~Copyable {
    var decoder: FrameDecoder
    var assembler: Assembler
    private var fold: ThreadFold
    let scorer: Scorer
    let manifestPointer: JSONPointer?
    let grace: Grace
    /// What threads that are not over have said of their pairing (live).
    var claims = ClaimBook()
    /// Threads that are over and wait for their pairing or their example (live).
    var waiting = WaitingThreads()
    /// Rewards from outside the trace.
    var outside: OutsideRewards
    /// Time that ``closeSilent(at:offset:)`` was last told.
    var latestTime = Int64.min
    /// Partition time at which old pairing records were last looked for.
    var lastForgotten: Int64?
    /// What the last restart found.
    var knownProblem: RestoreProblem?
    /// What the anchor of the next checkpoint says of the last record.
    var lastRecord = LogAnchor()
    /// What has been counted.
    public internal(set) var counters = StageCounters()
    /// Bytes that threads in ``finished`` hold, and what is remembered of closed ones, roughly.
    var finishedBytes = 0
    private(set) var closedBytes = 0
    /// Threads that are over are read by ``readNext()`` only, one at a time: what one of them asks for can be long work.
    public var isStepwise = false
    /// Finished threads that nobody has taken yet.
    public var finished: [FinishedThread] = []
    /// The examples by key.
    public internal(set) var examples: ExampleTable
    /// Pairings that came beside the trace.
    public internal(set) var registry: PairingRegistry

    /// - Parameters:
    ///   - configuration: rules of every step.
    ///   - mode: whether stream time ends threads too.
    ///   - examples: the training examples.
    ///   - registry: pairings beside the trace.
    public init(
        _ configuration: ThreadStageConfiguration,
        mode: AssemblyMode,
        examples: ExampleTable,
        registry: PairingRegistry = PairingRegistry()
    ) {
        decoder = FrameDecoder(configuration.frames)
        assembler = Assembler(configuration.assembly, mode: mode, seed: configuration.hashSeed)
        fold = ThreadFold(
            manifestPointer: configuration.manifestPointer,
            checkpointLimit: configuration.frames.maxFrameBytes,
            maxRolloutBytes: configuration.maxRolloutBytes,
            seed: configuration.hashSeed,
            capturesVectors: configuration.capturesVectors,
            keepsNodeRewards: configuration.keepsNodeRewards
        )
        scorer = Scorer(configuration: configuration.rewards, earlier: configuration.earlierScores)
        manifestPointer = configuration.manifestPointer
        grace = Grace(configuration)
        outside = OutsideRewards(configuration)
        self.examples = examples
        self.registry = registry
    }

    /// Takes one record.
    ///
    /// - Parameters:
    ///   - key: the record's key, nil where it has none.
    ///   - value: the record's value, nil for a tombstone.
    ///   - position: where and when; timestamp −1: not to be believed.
    ///   - traceparent: the value of the header of that name.
    ///   - lookUp: finds that value instead, where it costs something to find: called for the start of a thread only.
    /// - Returns: why the record is poison; nil where it is not.
    public mutating func receive(
        key: RawSpan?,
        value: RawSpan?,
        at position: RecordPosition,
        traceparent: RawSpan? = nil,
        lookUp: (() -> [UInt8]?)? = nil
    ) -> Poison? {
        let isAgain = passes(position, key, value)
        if isAgain { counters.replayed += 1 } else { counters.records += 1 }
        counters.bytes += value?.byteCount ?? 0
        assembler.bytesRead += value?.byteCount ?? 0
        if !isAgain, position.timestamp < 0 { assembler.counters.clampedTimestamps += 1 }
        do {
            try receive(key, value, position, traceparent, lookUp)
        } catch {
            if !isAgain { counters.poison[error.reason, default: 0] += 1 }
            return error
        }
        if !isAgain { counters.frames.count(at: decoder.framing.rawValue) }
        drain()
        return nil
    }

    private mutating func receive(
        _ key: RawSpan?,
        _ value: RawSpan?,
        _ position: RecordPosition,
        _ traceparent: RawSpan?,
        _ lookUp: (() -> [UInt8]?)?
    ) throws(Poison) {
        var noted: [NotedStart] = []
        try Self.receive(
            key,
            value,
            position,
            traceparent,
            lookUp,
            manifestPointer,
            &decoder,
            &assembler,
            &counters,
            &noted
        )
        for start in noted { note(start) }
    }

    /// Decodes one record and hands its messages over. Static: the message borrows the decoder while the rest changes.
    private static func receive(
        _ key: RawSpan?,
        _ value: RawSpan?,
        _ position: RecordPosition,
        _ traceparent: RawSpan?,
        _ lookUp: (() -> [UInt8]?)?,
        _ manifestPointer: JSONPointer?,
        _ decoder: inout FrameDecoder,
        _ assembler: inout Assembler,
        _ counters: inout StageCounters,
        _ noted: inout [NotedStart]
    ) throws(Poison) {
        let message = try decoder.decode(value)
        let isAgain = assembler.restore != nil
        if !isAgain { counters.kinds.count(at: Int(message.kind.rawValue) - 1) }
        var units = message.units()
        var index = 0
        while let unit = units.next() {
            if let key, !isAgain, !key.hasSameBytes(as: unit.header.threadID) {
                assembler.counters.foreignKey += 1
                assembler.oddities.note(.foreignKey, unit, at: position)
            }
            let reception = assembler.receive(
                unit,
                index: index,
                at: position,
                traceparent: traceparent,
                lookUp: lookUp
            )
            if case .started(let slot, let time) = reception, assembler.mode == .live,
                let start = NotedStart(unit, in: slot, at: time, manifestPointer, assembler)
            {
                noted.append(start)
            }
            index += 1
        }
        if message.kind == .eventBatch, !isAgain { counters.batchedEvents += index }
    }

    /// Closes every thread that is still open: the end of the input.
    public mutating func close() {
        assembler.closeAll()
        drain()
    }

    /// Counts of assembly.
    public var assembly: AssemblyCounters { assembler.counters }

    /// Calls `body` with every thread of which messages came after it was closed, and how many (replay).
    public func forEachAfterClose(_ body: (_ key: ThreadKey, _ duplicates: Int, _ late: Int) -> Void) {
        for thread in assembler.closed.all where thread.duplicates > 0 || thread.late > 0 {
            body(thread.key, thread.duplicates, thread.late)
        }
    }

    /// Reads what has been finished, where that is not left to ``readNext()``.
    mutating func drain() { if !isStepwise { while readNext() {} } }

    /// Some threads are over and were not read yet.
    public var hasUnread: Bool {
        // asked before every record: a stage that is only read would be laid out anew for it
        mutating get { !assembler.finished.isEmpty }
    }

    /// Reads the next thread that is over, and pairs and scores it or lets it wait.
    ///
    /// - Returns: false where there is none.
    @discardableResult
    public mutating func readNext() -> Bool {
        guard let record = assembler.finished.popFirst() else { return false }
        assembler.finishedBytes -= record.bytes.count
        let trajectory = fold.run(record)
        counters.count(trajectory)
        if assembler.mode == .replay { closedBytes += 256 + 16 * record.entries.count }
        decide(trajectory)
        return true
    }
}
