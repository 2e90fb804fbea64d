internal import DashStream
internal import Failpoints
internal import JSON
internal import Kafka
internal import Reinforce
internal import Settings
internal import Telemetry

/// Stage one: a partition of an events topic becomes threads, and those become scored rollouts for stage two.
final class RolloutTask: StreamTask {
    let place: TopicPartition
    var flow: PartitionFlow
    var pending = TaskOutput()
    private var series: CheckpointSeries
    var failure: (any Error)?
    private(set) var replayed = 0
    var stage: ThreadStage
    let services: StreamServices
    /// The number of its topic among the events topics: sources name it by that.
    private let topicNumber: Int32
    /// What stage two was last told of our time.
    private var announced: Announcement?
    /// Parts of spilled threads that are not written yet: no commit before they are.
    var unplaced: [SpilledPart] = []
    /// Tombstones of parts that the committed checkpoint still names (at least once: no transaction holds both together).
    var spent: [OutgoingRecord] = []
    private(set) var caution: Caution
    var needsCommit = false
    /// Records taken since the last commit that ``Caution`` has asked for.
    private var sinceCommit = 0
    /// Bytes that were told of already.
    private var bytesTold = 0
    /// The position of the checkpoint: from there on records are new.
    let resumedAt: Int64
    /// That position is not reached yet.
    private var isResuming: Bool

    private struct Announcement {
        let time: Int64?
        let isIdle: Bool
        let at: Int64
    }

    init(
        _ place: TopicPartition,
        _ stage: consuming ThreadStage,
        start: Int64,
        resumedAt: Int64? = nil,
        caution: Caution = .none,
        committed: Checkpoint? = nil,
        _ services: StreamServices
    ) {
        self.place = place
        self.stage = stage
        self.stage.isStepwise = true
        self.services = services
        topicNumber = services.topology.number(of: place.topic)
        self.caution = caution
        series = CheckpointSeries(committed: committed)
        self.resumedAt = resumedAt ?? start
        isResuming = resumedAt != nil
        flow = PartitionFlow(position: start)
    }

    var isRestoring: Bool { stage.isRestoring }
    var isQuiet: Bool {
        !stage.isRestoring && flow.endSince != nil && stage.openThreads + stage.waitingThreads == 0 && !stage.hasUnread
    }
    var heldBytes: Int { stage.heldBytes + pending.bytes }

    /// Bytes of threads that are over and not read yet beyond which no further one is closed.
    private static let unreadBytes = 16 << 20

    func process(_ records: borrowing PartitionRecords, wall: Int64, in turn: Turn) -> Int {
        defer { collect() }
        // what has passed while nothing came stays passed
        if flow.waited > 0, let time { stage.pass(to: time) }
        let (heldAtFirst, mayHold) = (heldBytes, turn.growth)
        var isFirst = true
        var pace = Pace()
        readFinished(in: turn)
        return records.prefix { record in
            guard failure == nil else { return true }
            guard flow.follows(record.offset) else {
                pending.counts.repeated += 1
                return true
            }
            // what the records before have ended comes first; at least one is taken in every turn
            let mustLook = !isFirst && pace.mustLook(before: record.value?.byteCount ?? 0)
            guard !needsCommit, !stage.hasUnread,
                !mustLook || !turn.isOver,
                isFirst || heldBytes - heldAtFirst <= mayHold,
                mayTake(record, wall)
            else { return false }
            isFirst = false
            _ = flow.advance(to: record.offset)
            process(record, wall)
            readFinished(in: turn)
            noteTaken()
            return true
        }
    }

    /// Reads threads that are over: each may ask for long work.
    private func readFinished(in turn: Turn) {
        guard stage.hasUnread else { return }
        repeat { readNext() } while stage.hasUnread && !turn.isOver
        // what is finished counts as held once it is a record
        collect()
    }

    private func readNext() {
        guard services.isWatched else {
            stage.readNext()
            return
        }
        let clock = ContinuousClock()
        let began = clock.now
        stage.readNext()
        pending.scoring.observe((clock.now - began) / .seconds(1))
    }

    func takeBytesRead() -> Int {
        defer { bytesTold = stage.counters.bytes }
        return stage.counters.bytes - bytesTold
    }

    /// A note beside the offset is out of date: the sooner it is taken back, the less a kill from outside is taken for a
    /// record's fault.
    var isNoteOutdated: Bool { (committed?.extra.first ?? 0) > 0 && (caution.encoded.first ?? 0) == 0 }

    /// Whether the next batch is to be a small one: a commit after each such record takes its time.
    var needsFew: Bool { caution.isNear(resumedAt - flow.position) }

    /// Whether a record may be taken now; false: what is noted of it must be committed first (``Caution``). What a restart
    /// reads again has ended no process.
    private func mayTake(_ record: borrowing Record, _ wall: Int64) -> Bool {
        guard record.offset >= resumedAt else { return true }
        resumeIfReached(record.offset)
        if caution.mustNote {
            caution.note()
            needsCommit = true
            return false
        }
        guard caution.step != nil else { return true }
        switch caution.decide(record.offset) {
        case .take: break
        case .note:
            needsCommit = true
            return false
        case .giveUp: giveUp(record, wall)
        }
        return true
    }

    /// Among records that may have ended the process before, a commit follows after a few.
    private func noteTaken() {
        sinceCommit += 1
        guard let step = caution.step, sinceCommit >= step, flow.position > resumedAt, !stage.isRestoring else {
            return
        }
        sinceCommit = 0
        needsCommit = true
    }

    private func giveUp(_ record: borrowing Record, _ wall: Int64) {
        services.log.error(
            "a record has ended the process or stalled it three times; it goes to the dead letters",
            ["partition": .init(place), "offset": .init(Int(record.offset))]
        )
        let poison = Poison(.processingError, "three attempts to process it ended or stalled the process")
        append(poison, stage: "process", record, wall)
    }

    private func append(_ poison: Poison, stage: String, _ record: borrowing Record, _ wall: Int64) {
        pending.append(services.output.record(poison, stage: stage, record, at: wall))
        pending.note(poison, record)
    }

    private func process(_ record: borrowing Record, _ wall: Int64) {
        resumeIfReached(record.offset)
        guard !caution.passes(record.offset) else { return }
        Faults.take(record.key)
        var position = RecordPosition(
            partition: record.partition,
            offset: record.offset,
            timestamp: record.timestamp,
            topic: topicNumber
        )
        let isAgain = stage.isRestoring
        if position.timestamp > wall.saturatingPlus(services.settings.assembly.maxClockSkew) { position.timestamp = -1 }
        if !isAgain, position.timestamp < 0 { pending.noteClamped(record) }
        if isAgain {
            replayed += 1
            Faults.point("mid-replay")
        }
        let headers = unsafe record.unsafeHeaders
        let poison = stage.receive(
            key: record.key,
            value: record.value,
            at: position,
            lookUp: { unsafe headers.value("traceparent") }
        )
        // the restart is through with the record at its position
        guard !isAgain || !stage.isRestoring else { return }
        caution.survived()
        pending.counts.records += 1
        guard let poison else { return }
        append(poison, stage: "decode", record, wall)
    }

    func describe(in gauge: inout StreamGauge) {
        gauge.openThreads += stage.openThreads + stage.waitingThreads
        gauge.noteOldest(stage.oldestOpen, at: time)
    }

    func reachEnd(at offset: Int64, now: Int64) {
        flow.reachEnd(at: offset, now: now)
        // a restart whose position is the end of the log sees no further record
        stage.endRestoreIfReached(flow.position)
        resumeIfReached(flow.position)
        if !stage.isRestoring { caution.reachedEnd() }
    }

    /// What was over for the checkpoint is over before anything new is read: the same that was decided then.
    private func resumeIfReached(_ offset: Int64) {
        guard isResuming, offset >= resumedAt else { return }
        isResuming = false
        // behind transactions the position lies above the last record
        flow.skip(to: resumedAt)
        stage.endRestoreIfReached(resumedAt)
        if let time = committed?.streamTime { stage.closeSilent(at: time, offset: resumedAt) }
    }

    func punctuate(now: Int64, in turn: Turn) {
        readFinished(in: turn)
        var isMore = true
        while let time, isMore, !stage.hasUnread {
            isMore = stage.closeSilent(at: time, offset: flow.position, limit: Self.unreadBytes)
            readFinished(in: turn)
        }
        collect()
        announce(now)
    }

    func passPaused(_ milliseconds: Int64) { stage.passWaiting(milliseconds) }

    /// The partition's time: its records', and what has passed since the last one while there was none. It never goes back,
    /// nor does it over a restart: rollouts were decided by it.
    var time: Int64? { stage.streamTime.map { max($0 + flow.waited, stage.now) } }

    var committed: Checkpoint? { series.committed }
    var hasChanged: Bool {
        series.hasChanged(position: flow.position, version: stage.openVersion) || caution.encoded != committed?.extra
    }

    var isDue: Bool { time.map { stage.isDue(at: $0, offset: flow.position) } ?? false }
    var readsFrom: Int64 {
        let memory = Int64(services.settings.assembly.closedMemoryRecords)
        return max(0, min(stage.lowOffset ?? flow.position, flow.position.saturatingMinus(memory)))
    }

    func checkpoint() -> Checkpoint {
        let memory = Int64(services.settings.assembly.closedMemoryRecords)
        caution.forget(below: min(stage.lowOffset ?? flow.position, flow.position - memory))
        let head = Checkpoint(
            position: flow.position,
            streamTime: time,
            entries: [],
            partitions: services.topology.partitions(of: place.topic),
            anchor: stage.anchor,
            extra: caution.encoded
        )
        let recent = stage.takeOpenChanges()
        return series.next(head, version: stage.openVersion, count: stage.openEntryCount, recent: recent) {
            stage.openEntries
        }
    }

    func takeOutput() -> TaskOutput { pending.take() }
    func restore(_ output: TaskOutput) { pending.restore(output) }

    func confirm(_ checkpoint: Checkpoint, metadata: String) {
        series.confirm(checkpoint, metadata: metadata)
        if !services.settings.isExactlyOnce { releaseSpent() }
    }

    func apply(_ change: ReferenceChange) {
        switch change {
        case .example(let example): stage.update(example: example)
        case .noExample(let id): stage.remove(example: id)
        case .pairing(let key, let value, let timestamp, let partition):
            guard partition == place.partition, let value else { return }
            let name = key.flatMap { Text(utf8: unsafe $0.span.bytes) }
            do throws(RegistryProblem) {
                try stage.note(pairing: value, recordKey: name, timestamp: timestamp)
            } catch {
                pending.noteBrokenPairing(key, "\(error)")
            }
        case .reward(let record, let topic):
            guard topic.map({ $0.partition == place.partition }) ?? true else { return }
            stage.note(reward: record, timestamp: topic?.timestamp)
        case .brokenReward(let key, let problem, let partition):
            guard partition == place.partition else { return }
            pending.noteBrokenReward(key, problem)
        case .policy, .ranking: return
        }
        collect()
    }

    func nextQuestions() -> [RewardQuestion] { stage.isRestoring ? [] : stage.nextQuestions() }

    var hasQuestions: Bool { stage.hasUnasked }
    var isAsking: Bool { stage.waitingThreads > 0 }

    /// Tells every partition of the scored topic how far this one has come: when it has moved, at most once a second, and
    /// now and then while it is idle, for those who have forgotten. Where rewards come from outside it is not idle while a
    /// thread is open or waits: partitions that wait go on telling their time, and no group of that thread may close by it.
    private func announce(_ now: Int64) {
        let mayBeIdle = isQuiet || services.settings.rewards.outside.allSatisfy(\.isOfGroup)
        let isIdle = time == nil ? flow.endSince != nil : mayBeIdle && flow.isIdle(now: now)
        if let announced {
            let isNew = announced.isIdle != isIdle || (!isIdle && announced.time != time)
            guard isNew ? now - announced.at >= 1000 || announced.isIdle != isIdle : now - announced.at >= 30_000 else {
                return
            }
        }
        announced = Announcement(time: time, isIdle: isIdle, at: now)
        let source = TimeSource(topic: Text(place.topic), partition: place.partition)
        let value = ScoredRecord.time(SourceTime(source, time: time, isIdle: isIdle)).encoded()
        for number in 0..<services.topology.scoredPartitions {
            pending.append(
                OutgoingRecord(topic: services.topology.scored, partition: number, key: nil, value: value)
            )
        }
    }
}
