internal import Kafka
internal import Reinforce
internal import Settings
internal import Synchronization
internal import Telemetry

extension StreamProcessor {
    /// Reads what is there and lets every partition take its own, side by side.
    func poll(_ consumer: borrowing Consumer, _ batch: inout RecordBatch) throws {
        // a consumer cannot be closed while its records are held
        defer { batch.removeAll() }
        // a rebalance is served within this call, so it must come back often even where nothing is read
        let wait: Int32 = inFlight == nil ? 20 : 5
        do throws(KafkaError) {
            try consumer.poll(into: &batch, milliseconds: wait)
        } catch {
            guard error.isPassing else { throw error }
            log.warning("waiting for Kafka", ["problem": .init(error)])
        }
        // a rebalance may have ended this life: nothing more is taken, and nothing committed
        if let sessionEnd { throw sessionEnd }
        guard batch.count > 0 || !batch.ends.isEmpty else { return }
        let all = Unshared(partitions)
        let wall = clock.wallMilliseconds
        let careful = isCareful
        let noted = Mutex<Set<TopicPartition>>([])
        batch.forEachPartition(threads: topology.threads) { records in
            guard let partition = unsafe all.value[records.place] else { return }
            guard let events = partition as? EventPartition else { return partition.take(records, wall: wall) }
            if events.mustNote(records) {
                events.takeAgain(records, wall: wall)
                noted.withLock { _ = $0.insert(records.place) }
            } else if !careful || !events.mustTakeCarefully(records) {
                events.take(records, wall: wall)
            }
        }
        let begun = noted.withLock { $0 }
        if !begun.isEmpty {
            let isNoted = try commitAlone(begun, consumer.member)
            batch.forEachPartition(threads: isNoted ? topology.threads : 1) { records in
                guard begun.contains(records.place), let events = unsafe all.value[records.place] as? EventPartition
                else { return }
                if isNoted { events.takeNew(records, wall: wall) } else { events.putBack(records) }
            }
        }
        if careful { try takeCarefully(consumer.member, batch, wall) }
        try readAgain(consumer)
        for partition in partitions.values { if let failure = partition.failure { throw failure } }
        let now = clock.milliseconds
        for end in batch.ends {
            if case .at(let offset) = end.offset { partitions[end.partition]?.reachEnd(at: offset, now: now) }
        }
        status.recordsRead += batch.count
        recordsSinceCommit += batch.count
    }

    /// Some partition of ours takes its new records in small steps.
    private var isCareful: Bool { partitions.values.contains { ($0 as? EventPartition)?.caution.step != nil } }

    /// Stops reading at the budget and goes on once a fifth of it is free: memory never grows with what is on the topic.
    func keepWithinBudget(_ consumer: borrowing Consumer) throws {
        let held = partitions.values.reduce(0) { $0 + $1.heldBytes }
        let budget = settings.limits.memoryBudget
        let places = partitions.values.filter { !retries.isQuarantined($0.place) && topology.isEvents($0.place.topic) }
            .map(\.place)
        if !isPaused, held > budget {
            isPaused = true
            try consumer.pause(places)
            log.error(
                "paused at limits.memory_budget; if it stays so, raise it and start again: nothing is lost",
                ["bytes": .init(held), "partitions": .init(places.count)]
            )
        } else if isPaused, held < budget - budget / 5 {
            isPaused = false
            try consumer.resume(places)
            log.info("reading again", ["bytes": .init(held)])
        }
    }

    /// What could not be taken, since the commit before it did not go through, is handed out a second time.
    private func readAgain(_ consumer: borrowing Consumer) throws {
        let now = SystemClock.uptime
        for partition in partitions.values where partition.flow.mustGoBack(at: now) {
            try consumer.seek(PartitionOffset(partition.place, .at(partition.flow.position)))
        }
    }

    /// Partitions of which some record may have ended the process before: one after the other, in small steps.
    private func takeCarefully(
        _ member: GroupMember,
        _ batch: borrowing RecordBatch,
        _ wall: Int64
    ) throws {
        try awaitInFlight(milliseconds: 20_000, member)
        let careful = Unshared(partitions.values.compactMap { $0 as? EventPartition }.filter { $0.caution.step != nil })
        let me = Unshared(self)
        let problem = Slots<any Error>(1)
        batch.forEachPartition(threads: 1) { records in
            guard let partition = unsafe careful.value.first(where: { $0.place == records.place }),
                partition.mustTakeCarefully(records)
            else { return }
            partition.takeCarefully(records, wall: wall) {
                do {
                    return try unsafe me.value.commitAlone([partition.place], member)
                } catch {
                    problem.set(0, error)
                    return false
                }
            }
        }
        if let problem = problem.values.first { throw problem }
    }
}
