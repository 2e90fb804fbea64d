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
    /// Seed of the hash tables; never seen in any output.
    public var hashSeed: UInt64 = 0

    /// The defaults.
    public init() {}
}

/// Records of one partition in, finished threads out: decode, assemble, pair, score. Pure: time comes with the records.
public struct ThreadStage: ~Copyable {
    var decoder: FrameDecoder
    var assembler: Assembler
    private var fold: ThreadFold
    private let scorer: Scorer
    private let manifestPointer: JSONPointer?
    /// What threads that are not over have said of their pairing (live).
    var claims: [ThreadKey: ThreadClaim] = [:]
    /// Groups that were closed before the restart, found by the claims of finished threads (live).
    public internal(set) var closedGroups: Set<GroupKey> = []
    /// What has been counted.
    public internal(set) var counters = StageCounters()
    /// Bytes that threads in ``finished`` hold, and what is remembered of closed ones, roughly.
    private(set) var finishedBytes = 0
    private(set) var closedBytes = 0
    /// Finished threads that nobody has taken yet.
    public var finished: [FinishedThread] = []
    /// The examples by key.
    public var examples: ExampleTable
    /// Pairings that came beside the trace.
    public var registry: PairingRegistry

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
            checkpointLimit: configuration.frames.maxFrameBytes
        )
        scorer = Scorer(configuration: configuration.rewards)
        manifestPointer = configuration.manifestPointer
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
        counters.records += 1
        counters.bytes += value?.byteCount ?? 0
        if let plan = assembler.restore, position.offset >= plan.position { endRestore() }
        do {
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
                &claims
            )
        } catch {
            counters.poison[error.reason, default: 0] += 1
            return error
        }
        counters.framings[decoder.framing, default: 0] += 1
        drain()
        return nil
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
        _ claims: inout [ThreadKey: ThreadClaim]
    ) throws(Poison) {
        let message = try decoder.decode(value)
        counters.messages[message.kind, default: 0] += 1
        var units = message.units()
        var index = 0
        while let unit = units.next() {
            if let key, !key.hasSameBytes(as: unit.header.threadID) { assembler.counters.foreignKey += 1 }
            assembler.receive(unit, index: index, at: position, traceparent: traceparent, lookUp: lookUp)
            if assembler.mode == .live { noteClaim(unit, position, manifestPointer, assembler, &claims) }
            index += 1
        }
        if message.kind == .eventBatch { counters.batchedEvents += index }
    }

    /// Closes every thread that is still open: the end of the input.
    public mutating func close() {
        assembler.closeAll()
        drain()
    }

    /// Counts of assembly.
    public var assembly: AssemblyCounters { assembler.counters }

    /// Messages of a thread that came after it was closed.
    public func afterClose(_ key: ThreadKey) -> (duplicates: Int, late: Int)? {
        assembler.closed[key].map { ($0.duplicates, $0.late) }
    }

    mutating func drain() {
        guard !assembler.finished.isEmpty else { return }
        let records = assembler.finished
        assembler.finished.removeAll(keepingCapacity: true)
        for record in records {
            let trajectory = fold.run(record)
            if !claims.isEmpty { claims[trajectory.key] = nil }
            let thread = finish(trajectory)
            finished.append(thread)
            finishedBytes += thread.heldBytes
            closedBytes += 256 + 8 * record.entries.count
        }
    }

    /// Pairs a finished thread with its example and scores it.
    private mutating func finish(_ trajectory: Trajectory) -> FinishedThread {
        counters.count(trajectory)
        guard trajectory.hasStart else { return excluded(trajectory, nil, .noStart) }
        let pairing: Pairing
        do {
            pairing = try Pairing(trajectory.places + (registry[trajectory.key].map { [$0] } ?? []))
        } catch {
            let reason: ExclusionReason =
                switch error {
                case .conflicting: .conflictingPairing
                case .unpaired: .unpaired
                case .invalid: .invalidPairing
                }
            return excluded(trajectory, nil, reason)
        }
        guard let example = examples[pairing.exampleID] else { return excluded(trajectory, pairing, .unknownExample) }
        return .rollout(Rollout(trajectory, pairing, scorer.score(trajectory, example)))
    }

    private func excluded(_ trajectory: Trajectory, _ pairing: Pairing?, _ reason: ExclusionReason) -> FinishedThread {
        .excluded(ExcludedThread(trajectory, pairing: pairing, reason: reason))
    }
}
