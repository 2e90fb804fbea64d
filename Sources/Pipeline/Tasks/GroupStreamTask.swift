internal import DashStream
internal import Failpoints
internal import JSON
internal import Kafka
internal import Reinforce
internal import Settings
internal import Telemetry
internal import Watch

/// Stage two: a partition of the scored topic becomes groups, and those become batches by a ``GroupTask``.
final class GroupStreamTask: StreamTask {
    let place: TopicPartition
    var flow: PartitionFlow
    private(set) var pending = TaskOutput()
    private var series: CheckpointSeries
    private(set) var failure: (any Error)?
    private(set) var replayed = 0
    private var stage: GroupStage
    private let services: StreamServices
    private var task: GroupTask
    private let renderer: GroupRenderer
    /// Learns from what leaves, where that is asked for.
    private let adapters: AdapterLoop?
    /// Groups that are decided and not rendered yet, and the bytes they hold, roughly.
    private var decided = Queue<DecidedGroup>()
    private var decidedBytes = 0
    /// Groups that wait for what somebody says of them as a whole.
    private var rankings = GroupRankings()
    /// The first group that waits for its batch came at that instant of the monotonic clock.
    private var composingSince: Int64?
    /// The stage's time when the last record was read: from there it may pass.
    private var idleBase: Int64?
    /// Every thread gets its line.
    private var balance = LedgerBalance()
    private var bytesRead = 0
    /// The position of the checkpoint that it was taken up from, until that is reached.
    private var resumesAt: Int64?

    init(
        _ place: TopicPartition,
        _ stage: consuming GroupStage,
        start: Int64,
        resumesAt: Int64? = nil,
        adapters: AdapterLoop? = nil,
        committed: Checkpoint? = nil,
        _ services: StreamServices
    ) {
        self.adapters = adapters
        self.resumesAt = resumesAt
        series = CheckpointSeries(committed: committed)
        self.place = place
        self.stage = stage
        self.services = services
        flow = PartitionFlow(position: start)
        task = GroupTask(services.batchRules)
        renderer = services.batchRules.renderer
    }

    var isRestoring: Bool { stage.isRestoring }
    var isQuiet: Bool { !stage.isRestoring && stage.openGroups == 0 }
    var heldBytes: Int { stage.openBytes + decidedBytes + task.waitingBytes + pending.bytes }
    var needsCommit = false

    func process(_ records: borrowing PartitionRecords, wall: Int64, in turn: Turn) -> Int {
        var pace = Pace()
        var isFirst = true
        return records.prefix { record in
            let mustLook = !isFirst && pace.mustLook(before: record.value?.byteCount ?? 0)
            guard !mustLook || !turn.isOver else { return false }
            isFirst = false
            process(record, wall)
            return true
        }
    }

    private func process(_ record: borrowing Record, _ wall: Int64) {
        resumeIfReached(record.offset)
        guard flow.advance(to: record.offset) else {
            pending.counts.repeated += 1
            return
        }
        if stage.isRestoring {
            replayed += 1
            Faults.point("mid-replay")
        }
        guard let value = record.value else { return stage.reach(record.offset + 1) }
        bytesRead &+= value.byteCount
        let position = RecordPosition(
            partition: record.partition,
            offset: record.offset,
            timestamp: record.timestamp
        )
        do throws(ScoredProblem) {
            try stage.receive(value, at: position)
        } catch {
            let poison = Poison(.decodeError, error.description)
            pending.append(services.output.record(poison, stage: "group", record, at: wall))
            pending.note(poison, record)
        }
    }

    func reachEnd(at offset: Int64, now: Int64) {
        flow.reachEnd(at: offset, now: now)
        stage.reach(offset)
        resumeIfReached(flow.position)
    }

    /// What was over for the checkpoint is over before anything new is read: the same that was decided then.
    private func resumeIfReached(_ offset: Int64) {
        guard let position = resumesAt, offset >= position else { return }
        resumesAt = nil
        stage.reach(position)
        decide()
    }

    func apply(_ change: ReferenceChange) {
        switch change {
        case .example(let example): stage.decider.examples.insert(example)
        case .noExample(let id): stage.decider.examples.remove(id)
        case .policy(let version, let tenant, let time):
            stage.decider.policies.note(version, of: tenant, at: time, keeping: ReferenceTables.maxPolicySteps)
        case .ranking(let record): take(record)
        case .pairing, .reward, .brokenReward: break
        }
    }

    var hasQuestions: Bool { rankings.hasQuestions }
    var isAsking: Bool { !rankings.isEmpty }

    func nextQuestions() -> [RewardQuestion] { rankings.next().map { stage.decider.questions($0) } ?? [] }

    /// Somebody has said what a group is worth: once nothing lacks it is decided anew, and leaves as any other.
    private func take(_ record: GroupRewardRecord) {
        var record = record
        record.decidedAt = stage.clock.time
        guard let (group, said) = rankings.take(record) else { return }
        let ranked = stage.decider.ranked(group, by: said)
        decidedBytes += ranked.heldBytes - group.heldBytes
        decided.append(ranked)
    }

    func advance(to now: Int64) {
        if flow.waited == 0 { idleBase = stage.clock.time }
        if let idleBase { stage.pass(to: idleBase + flow.waited) }
    }

    func punctuate(now: Int64, in turn: Turn) {
        decide()
        emit(in: turn)
        linger(now)
        publish(adapters?.due(now: now))
    }

    private func decide() {
        for group in stage.close() {
            balance.enter(group)
            decidedBytes += group.heldBytes
            if stage.decider.needsRanks(group) {
                rankings.begin(group, stage.decider.rankNames)
            } else {
                decided.append(group)
            }
        }
        for entry in stage.fates {
            balance.enterAlone()
            count(entry)
        }
        stage.fates.removeAll(keepingCapacity: true)
    }

    /// Writes decided groups; what the turn has no time for is open until the next one, as far as a checkpoint is concerned.
    private func emit(in turn: Turn) {
        while let group = decided.popFirst() {
            decidedBytes -= group.heldBytes
            emit(group)
            if turn.isOver { return }
        }
    }

    func takeBytesRead() -> Int {
        defer { bytesRead = 0 }
        return bytesRead
    }

    func prepareToSuspend(now: Int64) { publish(adapters?.publishAll(now: now)) }

    func describe(in gauge: inout StreamGauge) {
        gauge.openGroups += stage.openGroups
        gauge.imbalance += abs(balance.imbalance)
        gauge.noteOldest(stage.oldestOpen, at: stage.clock.time)
    }

    private func publish(_ records: [AdapterRecord]?) {
        for record in records ?? [] { pending.append(services.output.record(record)) }
    }

    var committed: Checkpoint? { series.committed }
    var hasChanged: Bool { series.hasChanged(position: flow.position, version: stage.openVersion) }

    var isDue: Bool { stage.isDue }
    var purgesBelow: Int64? { readsFrom }
    var readsFrom: Int64 { min(stage.readsFrom, flow.position) }
    var time: Int64? { stage.clock.time }

    func checkpoint() -> Checkpoint {
        let head = Checkpoint(
            position: flow.position,
            streamTime: nil,
            entries: [],
            partitions: services.topology.partitions(of: place.topic),
            memoryLow: min(flow.position, stage.lowMemory),
            extra: stage.clock.encoded
        )
        let recent = stage.takeOpenChanges()
        return series.next(head, version: stage.openVersion, count: stage.openGroups, recent: recent) {
            stage.openFirsts.map { OpenEntry(first: $0) }
        }
    }

    func takeOutput() -> TaskOutput { pending.take() }
    func restore(_ output: TaskOutput) { pending.restore(output) }

    func confirm(_ checkpoint: Checkpoint, metadata: String) { series.confirm(checkpoint, metadata: metadata) }

    private func emit(_ group: DecidedGroup) {
        pending.counts.count(group)
        if let ended = task.outcome(of: group) { return end(ended) }
        let rendered = renderer.render(group)
        if let ended = task.outcome(of: rendered) { return end(ended) }
        adapters?.learn(from: group)
        write(task.add(rendered))
    }

    private func write(_ output: GroupOutput) {
        for batch in output.batches { pending.append(services.output.record(batch)) }
        pending.counts.batches += output.batches.count
        for ended in output.ended { end(ended) }
        if task.isEmpty { composingSince = nil }
    }

    /// A group is through: all its threads get their lines.
    private func end(_ ended: EndedGroup) {
        let group = ended.group
        ended.forEachEntry { count($0) }
        if ended.reason == .tooLarge {
            pending.append(services.output.record(tooLarge: group, bytes: ended.bytes))
            pending.noteTooLarge(group.key)
        }
        balance.exit(group)
        for record in group.rankings { append(record) }
        if let demand = services.output.record(demandOf: group, ended.reason) { pending.append(demand) }
        if services.isWatched {
            pending.groups.append(WatchedGroup(group, batch: ended.batch, exclusion: ended.reason))
        }
        stage.finished(group.key)
    }

    /// What a group was decided by leaves with it, so that a replay asks nobody.
    private func append(_ ranking: GroupRewardRecord) {
        let settings = services.settings
        guard settings.rewards.keep, !settings.topics.rewards.isEmpty else { return }
        pending.append(
            OutgoingRecord(topic: settings.topics.rewards, key: ranking.kafkaKey, value: ranking.json)
        )
    }

    /// A batch that has waited long enough leaves though it is not full.
    private func linger(_ now: Int64) {
        guard !task.isEmpty else { return }
        let since = composingSince ?? now
        composingSince = since
        guard now - since >= services.settings.batches.linger else { return }
        write(task.flush())
        if !task.isEmpty { composingSince = now }
    }

    private func count(_ entry: LedgerEntry) {
        balance.count()
        pending.note(entry, topics: services.settings.topics.events)
        if let record = services.output.record(entry) { pending.append(record) }
    }
}
