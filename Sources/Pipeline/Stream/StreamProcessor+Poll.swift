internal import Files
internal import Kafka
internal import Reinforce
internal import Settings
internal import Telemetry

extension StreamProcessor {
    /// Reads what is there and lets every partition take its own, side by side, for as long as a turn lasts; what is left over
    /// waits in `batch`.
    func poll(_ consumer: borrowing Consumer, _ batch: inout RecordBatch) throws {
        try read(consumer, &batch)
        // a rebalance may have ended this life: nothing more is taken, and nothing committed
        if let sessionEnd { throw sessionEnd }
        guard batch.count > 0 || !batch.ends.isEmpty else { return }
        try work(&batch, consumer.member)
        for partition in partitions.values { if let failure = partition.failure { throw failure } }
        noteEnds(&batch)
    }

    /// A partition has reached its end once nothing of it is left over.
    private func noteEnds(_ batch: inout RecordBatch) {
        let now = clock.milliseconds
        var later: [PartitionOffset] = []
        for end in batch.ends {
            guard let partition = partitions[end.partition], case .at(let offset) = end.offset else { continue }
            if partition.flow.position < offset, batch.holds(end.partition) {
                later.append(end)
            } else if partition.flow.position <= offset {
                // else more has come behind it meanwhile
                partition.reachEnd(at: offset, now: now)
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
        let isStuck = kept > 0 && (pause.isHolding || partitions.values.contains(where: \.needsCommit))
        let wait: Int32 = kept > 0 && !isStuck ? 0 : inFlight == nil ? 20 : 5
        // some of them may be committed one by one: no more of them than that is quick for
        let limit = kept > 0 ? 1 : partitions.values.contains(where: \.needsFew) ? 400 : Self.batch
        do throws(KafkaError) {
            try consumer.poll(adding: limit, to: &batch, milliseconds: wait)
        } catch {
            if error.isTooSlow {
                log.error(
                    "the group went on without us: one turn of work took longer than max.poll.interval.ms; joining again. A "
                        + "record that does this three times goes to the dead letters",
                    ["problem": .init(error)]
                )
            } else if error.isPassing {
                log.warning("waiting for Kafka", ["problem": .init(error)])
            } else {
                throw error
            }
        }
        if !departed.isEmpty { batch.remove(departed, amongFirst: kept) }
        let added = max(0, batch.count - kept)
        status.recordsRead += added
        recordsSinceCommit += added
    }

    /// Works until the turn is over or nothing is left; commits in between where a record must not be taken before.
    private func work(_ batch: inout RecordBatch, _ member: GroupMember) throws {
        let held = partitions.values.reduce(0) { $0 + $1.heldBytes }
        let turn = Turn(growth: max(0, settings.limits.memoryBudget - held) / max(1, partitions.count))
        let pause = pause
        let wall = clock.wallMilliseconds
        while true {
            let waiting = Set(
                partitions.values.filter { $0.needsCommit && !retries.isQuarantined($0.place) }.map(\.place)
            )
            if !waiting.isEmpty, try !commitAlone(waiting, member) { return }
            guard batch.count > 0 else { return }
            let all = Unshared(partitions)
            let isEvents = topology.isEvents
            batch.takePartitions(threads: topology.threads) { records in
                // what is not ours is nobody's business
                guard let partition = unsafe all.value[records.place] else { return records.count }
                guard !partition.needsCommit, !isEvents(records.place.topic) || !pause.isPaused(records.place) else {
                    return 0
                }
                return partition.take(records, wall: wall, in: turn)
            }
            guard !turn.isOver, partitions.values.contains(where: \.needsCommit) else { return }
        }
    }

    /// Stops reading at the budget and goes on once a fifth of it is free: memory never grows with what is on the topic.
    func keepWithinBudget(_ consumer: borrowing Consumer) throws {
        let held = partitions.values.reduce(0) { $0 + $1.heldBytes }
        let was = pause.isPaused
        let wasPaused = Set(partitions.keys.filter(pause.isPaused))
        let ours = partitions.values.filter { !retries.isQuarantined($0.place) && topology.isEvents($0.place.topic) }
        let change = pause.update(
            held: held,
            budget: settings.limits.memoryBudget,
            ours: Set(ours.map(\.place)),
            asking: unaskable
        )
        if !change.pause.isEmpty { try consumer.pause(change.pause) }
        if !change.resume.isEmpty { try consumer.resume(change.resume) }
        let now = clock.milliseconds
        for partition in ours where wasPaused.contains(partition.place) && pause.isPaused(partition.place) {
            partition.passPaused(min(now - lastPause, 5000))
        }
        lastPause = now
        if pause.isPaused, !was {
            log.error(
                "paused at limits.memory_budget; if it stays so, raise it and start again: nothing is lost",
                ["bytes": .init(held), "partitions": .init(ours.count)]
            )
        } else if was, !pause.isPaused {
            log.info("reading again", ["bytes": .init(held)])
        }
    }
}
