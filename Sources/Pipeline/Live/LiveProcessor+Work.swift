internal import JSON
internal import Kafka
internal import Reinforce
internal import Settings
internal import Telemetry

extension LiveProcessor {
    /// What follows from what was read and from the time that has passed: threads end, groups close, batches leave.
    func work() throws {
        let now = clock.milliseconds
        for partition in partitions.values {
            partition.tick(now: now, longest: 5000)
            if let time = partition.time { partition.stage.closeSilent(at: time, offset: partition.position) }
        }
        guard partitions.count == Int(partitionCount), partitions.values.allSatisfy({ !$0.stage.isRestoring }) else {
            return
        }
        takeThreads()
        guard let time = groupTime(now) else { return }
        for group in groups.close(at: time, pending: pendingClaims) { try emit(group) }
        try linger(now)
        for record in adapters?.due(now: now) ?? [] { try output.write(record) }
    }

    /// Who has claimed a slot and is still running, by group.
    private func pendingClaims() -> [GroupKey: [PendingClaim]] {
        var pending: [GroupKey: [PendingClaim]] = [:]
        for partition in partitions.values {
            for (group, claim) in partition.stage.pendingClaims { pending[group, default: []].append(claim) }
        }
        return pending
    }

    private func takeThreads() {
        for partition in partitions.values.sorted(by: { $0.number < $1.number }) {
            groups.remember(partition.stage.takeClosedGroups(), at: partition.time ?? 0)
            for thread in partition.stage.finished {
                switch thread {
                case .rollout(let rollout):
                    if !groups.add(rollout) { counts.count(.late) }
                case .excluded(let excluded): counts.count(LedgerEntry(excluded))
                }
            }
            partition.stage.finished.removeAll(keepingCapacity: true)
        }
    }

    /// The least time of the partitions that are not idle; if all are, the greatest. Nil while one of them has no time yet.
    private func groupTime(_ now: Int64) -> Int64? {
        let busy = partitions.values.filter { !$0.isIdle(now: now) }
        if busy.contains(where: { $0.time == nil }) { return nil }
        return busy.compactMap(\.time).min() ?? partitions.values.compactMap(\.time).max()
    }

    private func emit(_ group: DecidedGroup) throws {
        for rollout in group.late { counts.count(LedgerEntry(late: rollout)) }
        guard group.status == .ok else {
            for member in group.members { counts.count(LedgerEntry(member)) }
            counts.groups[group.status, default: 0] += 1
            return
        }
        adapters?.learn(from: group)
        let rendered = renderer.render(group)
        counts.groups[.ok, default: 0] += 1
        if composer.isTooLarge(rendered) {
            for member in group.members { counts.count(LedgerEntry(member).excluded(.tooLarge)) }
            log.error("a group is larger than batches.max_bytes", ["group": .init(group.key.group.string)])
            return try output.write(tooLarge: rendered)
        }
        for member in group.members { counts.count(LedgerEntry(member)) }
        if composingSince == nil { composingSince = clock.milliseconds }
        composing.append(rendered)
        for batch in composer.add(rendered) { try write(batch) }
    }

    /// A batch that has waited long enough leaves though it is not full.
    private func linger(_ now: Int64) throws {
        guard let since = composingSince, now - since >= settings.batches.linger else { return }
        for tenant in composer.tenants { if let batch = composer.flush(tenant) { try write(batch) } }
        composingSince = composing.isEmpty ? nil : now
    }

    private func write(_ batch: Batch) throws {
        let finished = batch.finished(
            estimator,
            minUsable: settings.groups.minUsable,
            settings.batchConfiguration(),
            Text(topic)
        )
        try output.write(finished)
        let written = Set(batch.groups.map(\.group.key))
        composing.removeAll { written.contains($0.group.key) }
        if composing.isEmpty { composingSince = nil }
        counts.batches += 1
        log.debug("batch", ["id": .init(finished.id), "groups": .init(finished.groups.count)])
    }

    /// Commits how far every partition was read and what is open there, after all output is known to be written.
    func commit(_ consumer: borrowing Consumer, isFinal: Bool) throws {
        let places = try prepareCommit(partitions.keys.sorted())
        guard !places.isEmpty else { return }
        do throws(KafkaError) {
            try consumer.commit(places)
        } catch {
            guard !isFinal else { throw error }
            // ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID, REBALANCE_IN_PROGRESS: the next one will do, nothing is lost
            guard [22, 25, 27, -185, -195, -168].contains(error.code) || error.recovery == .retry else { throw error }
            log.warning("not committed", ["problem": .init(error)])
            for partition in partitions.values { partition.committed = nil }
        }
    }

    /// Everything written so far is written; then what to commit for these partitions, where it has changed.
    func prepareCommit(_ numbers: [Int32]) throws -> [PartitionOffset] {
        lastCommit = clock.milliseconds
        recordsSinceCommit = 0
        try output.flush()
        var waiting: [Int32: [OpenEntry]] = [:]
        let rollouts = groups.waiting + composing.flatMap { $0.group.members.map(\.rollout) + $0.group.late }
        for rollout in rollouts { waiting[rollout.source.partition, default: []].append(rollout.entry) }
        var places: [PartitionOffset] = []
        for number in numbers {
            // a restart that is not through yet has nothing new to say
            guard let partition = partitions[number], !partition.stage.isRestoring else { continue }
            let unfinished = partition.stage.finished.map(\.entry)
            let checkpoint = partition.checkpoint((waiting[number] ?? []) + unfinished)
            guard checkpoint != partition.committed else { continue }
            let place = TopicPartition(topic, number)
            let text = try checkpoints.store(checkpoint, of: place)
            places.append(PartitionOffset(place, .at(checkpoint.low), metadata: text))
            partition.committed = checkpoint
        }
        return places
    }
}
