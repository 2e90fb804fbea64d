internal import DashStream
internal import JSON
internal import Kafka
internal import Reinforce
internal import Settings
internal import Telemetry

/// Stage one: a partition of an events topic becomes threads, and those become scored rollouts for stage two.
final class EventPartition: StreamPartition {
    let place: TopicPartition
    var flow: PartitionFlow
    var pending = PendingOutput()
    var committed: Checkpoint?
    private(set) var failure: (any Error)?
    private(set) var replayed = 0
    var stage: ThreadStage
    let services: StreamServices
    /// The number of its topic among the events topics: sources name it by that.
    private let topicNumber: Int32
    /// What stage two was last told of our time.
    private var announced: Announcement?
    /// Parts of spilled threads that are not written yet: no commit before they are.
    private(set) var unplaced: [SpilledPart] = []
    /// Tombstones of parts that the committed checkpoint still names (at least once: no transaction holds both together).
    private var spent: [OutgoingRecord] = []
    private(set) var caution: Caution
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
        _ services: StreamServices
    ) {
        self.place = place
        self.stage = stage
        self.services = services
        topicNumber = services.topology.number(of: place.topic)
        self.caution = caution
        self.resumedAt = resumedAt ?? start
        isResuming = resumedAt != nil
        flow = PartitionFlow(position: start)
    }

    var isRestoring: Bool { stage.isRestoring }
    var isQuiet: Bool {
        !stage.isRestoring && flow.endSince != nil && stage.openThreads + stage.waitingThreads == 0
    }
    var heldBytes: Int { stage.openBytes + pending.records.reduce(0) { $0 + ($1.value?.count ?? 0) } }

    func take(_ records: borrowing PartitionRecords, wall: Int64) { take(records, wall, in: 0..<Int64.max) }

    private func take(_ records: borrowing PartitionRecords, _ wall: Int64, in offsets: Range<Int64>) {
        records.forEach { record in
            guard failure == nil, !flow.isAhead(record.offset), offsets.contains(record.offset) else { return }
            guard flow.advance(to: record.offset) else {
                pending.counts.repeated += 1
                return
            }
            take(record, wall)
        }
        collect()
    }

    /// Whether some of these records may have ended the process before: those that a restart reads again have not.
    func mustTakeCarefully(_ records: borrowing PartitionRecords) -> Bool {
        caution.step != nil && records.lastOffset >= resumedAt
    }

    /// Whether the first new record is among these, and not noted yet.
    func mustNote(_ records: borrowing PartitionRecords) -> Bool {
        caution.mustNote && records.lastOffset >= resumedAt
    }

    /// Takes those that a restart reads again, up to the first new one, which is about to be noted (``Caution``).
    func takeAgain(_ records: borrowing PartitionRecords, wall: Int64) {
        take(records, wall, in: 0..<resumedAt)
        resumeIfReached(resumedAt)
        collect()
        caution.note()
    }

    /// Takes the new ones.
    func takeNew(_ records: borrowing PartitionRecords, wall: Int64) { take(records, wall, in: resumedAt..<Int64.max) }

    /// Takes none of the new ones: the note is not committed. They are to come again.
    func putBack(_ records: borrowing PartitionRecords) {
        caution.isNotNoted()
        flow.putBack(to: records.lastOffset)
    }

    /// A note beside the offset is out of date: the sooner it is taken back, the less a kill from outside is taken for a
    /// record's fault.
    var isNoteOutdated: Bool { (committed?.extra.first ?? 0) > 0 && (caution.encoded.first ?? 0) == 0 }

    /// Whether the next batch is to be a small one: a commit after each such record takes its time.
    var needsFew: Bool { caution.isNear(resumedAt - flow.position) }

    /// Takes records in small steps, with a commit after each: one of them may have ended the process before. Where a
    /// commit does not go through, the rest is to come again.
    func takeCarefully(_ records: borrowing PartitionRecords, wall: Int64, commit: () -> Bool) {
        var sinceCommit = 0
        let last = records.lastOffset
        func step() {
            collect()
            sinceCommit = 0
            guard !commit() else { return }
            caution.isNotNoted()
            flow.putBack(to: last)
        }
        records.forEach { record in
            guard failure == nil, !flow.isAhead(record.offset) else { return }
            guard flow.follows(record.offset) else {
                pending.counts.repeated += 1
                return
            }
            if record.offset >= resumedAt {
                resumeIfReached(record.offset)
                switch caution.decide(record.offset) {
                case .take: break
                case .note:
                    step()
                    guard !flow.isGoingBack else { return }
                case .giveUp: giveUp(record, wall)
                }
            }
            _ = flow.advance(to: record.offset)
            take(record, wall)
            sinceCommit += 1
            if let size = caution.step, sinceCommit >= size, !stage.isRestoring { step() }
        }
        collect()
    }

    private func giveUp(_ record: borrowing Record, _ wall: Int64) {
        services.log.error(
            "a record has ended the process three times; it goes to the dead letters",
            ["partition": .init(place), "offset": .init(Int(record.offset))]
        )
        let poison = Poison(.processingError, "three attempts to process it ended the process")
        append(poison, stage: "process", record, wall)
    }

    private func append(_ poison: Poison, stage: String, _ record: borrowing Record, _ wall: Int64) {
        pending.records.append(services.output.record(poison, stage: stage, record, at: wall))
        pending.note(poison, record)
    }

    private func take(_ record: borrowing Record, _ wall: Int64) {
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

    func leave(now: Int64) {}

    func tell(_ gauge: inout StreamGauge) {
        gauge.openThreads += stage.openThreads + stage.waitingThreads
        gauge.noteOldest(stage.oldestOpen, at: time)
    }

    func reachEnd(at offset: Int64, now: Int64) {
        // what was put back lies before it
        guard !flow.isGoingBack else { return }
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

    func pass(now: Int64) {}

    func settle(now: Int64) {
        if let time { stage.closeSilent(at: time, offset: flow.position) }
        collect()
        announce(now)
    }

    /// The partition's time: its records', and what has passed since the last one while there was none.
    private var time: Int64? { stage.streamTime.map { $0 + flow.waited } }

    func checkpoint() -> Checkpoint {
        let entries = stage.openEntries
        let memory = Int64(services.settings.assembly.closedMemoryRecords)
        caution.forget(below: min(entries.map(\.low).min() ?? flow.position, flow.position - memory))
        return Checkpoint(
            position: flow.position,
            streamTime: time,
            entries: entries,
            partitions: services.topology.partitions(of: place.topic),
            anchor: stage.anchor(of: entries),
            extra: caution.encoded
        )
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
        }
        collect()
    }

    /// Makes records of what the stage has finished.
    private func collect() {
        if let problem = stage.restoreProblem, failure == nil {
            failure = PipelineProblem(.usage, "\(place): \(problem)")
        }
        guard !stage.isRestoring else { return }
        if stage.hasOddities { pending.note(stage.takeOddities(), topic: place.topic) }
        for thread in stage.finished {
            pending.note(lateIn: thread, topics: services.settings.topics.events)
            switch thread {
            case .rollout(let rollout): append(rollout)
            case .excluded(let excluded): count(LedgerEntry(excluded))
            }
            for key in thread.spentParts { append(tombstone: key) }
        }
        stage.finished.removeAll(keepingCapacity: true)
        for key in stage.takeSpentParts() { append(tombstone: key) }
        for change in stage.takeClaims() {
            switch change {
            case .claim(let key, let pairing, let time): append(.claim(GroupClaim(key, pairing, time: time)))
            case .withdrawal(let key, let group): append(.withdrawal(ClaimWithdrawal(key, groupID: group.group)))
            }
        }
    }

    private func append(tombstone key: [UInt8]) {
        let record = OutgoingRecord(
            topic: services.settings.checkpointsTopic,
            key: services.partKey(place, key),
            value: nil
        )
        if services.settings.isExactlyOnce { pending.records.append(record) } else { spent.append(record) }
    }

    /// What is not needed any more by what was just committed may go with the next commit.
    func releaseSpent() {
        pending.records += spent
        spent = []
    }

    /// Spills what a restart would have to read too far back for.
    func spill() {
        unplaced += stage.spill(at: flow.position, horizon: services.horizon)
    }

    /// The first part that is not written yet is now.
    func placed(partition: Int32, offset: Int64) {
        guard !unplaced.isEmpty else { return }
        stage.placed(unplaced.removeFirst(), partition: partition, offset: offset)
    }

    private func append(_ rollout: Rollout) {
        let record = ScoredRecord.scored(rollout)
        let value = record.encoded()
        // what no record holds is told without its text: its group must know that it is too large for a batch
        let fits = value.count <= services.topology.maxScoredBytes
        pending.records.append(
            OutgoingRecord(
                topic: services.topology.scored,
                key: record.kafkaKey,
                value: fits ? value : ScoredRecord.scored(rollout.withoutText(bytes: value.count)).encoded()
            )
        )
    }

    private func append(_ record: ScoredRecord) {
        pending.records.append(
            OutgoingRecord(topic: services.topology.scored, key: record.kafkaKey, value: record.encoded())
        )
    }

    private func count(_ entry: LedgerEntry) {
        pending.note(entry, topics: services.settings.topics.events)
        if let record = services.output.record(entry) { pending.records.append(record) }
    }

    /// Tells every partition of the scored topic how far this one has come: when it has moved, at most once a second, and
    /// now and then while it is idle, for those who have forgotten.
    private func announce(_ now: Int64) {
        let isIdle = flow.isIdle(now: now) || (time == nil && flow.endSince != nil)
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
            pending.records.append(
                OutgoingRecord(topic: services.topology.scored, partition: number, key: nil, value: value)
            )
        }
    }
}
