internal import Files
internal import Kafka
internal import Reinforce
internal import Settings
internal import Telemetry

extension StreamProcessor {
    /// Reads what is there and lets every task process its own, side by side, for as long as a turn lasts; what is left over
    /// waits in `batch`.
    func poll(_ consumer: borrowing Consumer, _ batch: inout RecordBatch) throws {
        try read(consumer, &batch)
        // a rebalance may have ended this life: nothing more is processed, and nothing committed
        if let sessionEnd { throw sessionEnd }
        guard batch.count > 0 || !batch.ends.isEmpty else { return }
        try work(&batch, consumer.member)
        for task in tasks.active.values { if let failure = task.failure { throw failure } }
        noteEnds(&batch)
    }

    /// A partition has reached its end once nothing of it is left over.
    private func noteEnds(_ batch: inout RecordBatch) {
        let now = services.clock.milliseconds
        var later: [PartitionOffset] = []
        for end in batch.ends {
            guard let task = tasks[end.partition], case .at(let offset) = end.offset else { continue }
            if task.flow.position < offset, batch.holds(end.partition) {
                later.append(end)
            } else if task.flow.position <= offset {
                // else more has come behind it meanwhile
                task.reachEnd(at: offset, now: now)
            }
        }
        batch.keep(ends: later)
    }

    /// Serves rebalances, and adds records where none are left over: with what is left over only one comes, so that what is
    /// held stays within bounds.
    private func read(_ consumer: borrowing Consumer, _ batch: inout RecordBatch) throws {
        let kept = batch.count
        departed.removeAll()
        // a rebalance is served within this call, so it must come back often even where nothing is read
        let isStuck = kept > 0 && (memory.pause.isHolding || !mustCommit.isEmpty)
        let wait: Int32 = kept > 0 && !isStuck ? 0 : commits.inFlight == nil ? 20 : 5
        // some of them may be committed one by one: no more of them than that is quick for
        let limit = isLeftOver(batch) ? 1 : tasks.active.values.contains(where: \.needsFew) ? 400 : Self.batch
        do throws(KafkaError) {
            try consumer.poll(adding: limit, to: &batch, milliseconds: wait)
        } catch {
            if error.isTooSlow {
                services.log.error(
                    "the group went on without us: one turn of work took longer than max.poll.interval.ms; joining again. A "
                        + "record that does this three times goes to the dead letters",
                    ["problem": .init(error)]
                )
            } else if error.isPassing {
                services.log.warning("waiting for Kafka", ["problem": .init(error)])
            } else {
                throw error
            }
        }
        if !departed.isEmpty { batch.remove(departed, amongFirst: kept) }
        let added = max(0, batch.count - kept)
        journal.status.recordsRead += added
        commits.noteRead(added)
    }

    /// Whether a batch holds what could be processed; partitions that pause hold the others up no longer than they must.
    private func isLeftOver(_ batch: borrowing RecordBatch) -> Bool {
        guard batch.count > 0, memory.pause.isHolding else { return batch.count > 0 }
        return tasks.active.keys.contains { !memory.isPaused($0) && batch.holds($0) }
    }

    /// Tasks that are to be committed before they go on.
    private var mustCommit: [any StreamTask] {
        tasks.active.values.filter { $0.needsCommit && !commits.retries.isQuarantined($0.place) }
    }

    /// Works until the turn is over or nothing is left; commits in between where a record must not be processed before.
    private func work(_ batch: inout RecordBatch, _ member: GroupMember) throws {
        let turn = Turn(growth: memory.growth(held: tasks.heldBytes, tasks: tasks.active.count))
        let (memory, retries) = (memory, commits.retries)
        let wall = services.clock.wallMilliseconds
        while true {
            let waiting = mustCommit
            if !waiting.isEmpty, try !commits.commitAlone(Set(waiting.map(\.place)), member) { return }
            guard batch.count > 0 else { return }
            let all = Unshared(tasks.active)
            batch.takePartitions(threads: services.topology.threads) { records in
                // what is not ours is nobody's business, and who stands aside begins anew from what is committed
                guard let task = unsafe all.value[records.place], !retries.isQuarantined(records.place) else {
                    return records.count
                }
                guard !task.needsCommit, !memory.isPaused(records.place) else { return 0 }
                return task.process(records, wall: wall, in: turn)
            }
            guard !turn.isOver, !mustCommit.isEmpty else { return }
        }
    }
}
