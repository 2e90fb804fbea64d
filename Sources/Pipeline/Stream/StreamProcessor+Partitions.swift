internal import DashStream
internal import JSON
internal import Kafka
internal import Reinforce
internal import Settings
internal import Telemetry

extension StreamProcessor {
    var store: CheckpointStore {
        CheckpointStore(group: settings.appID, topic: settings.checkpointsTopic, client: client)
    }

    /// Takes a partition up.
    ///
    /// - Parameter committed: what the group has committed of it.
    /// - Returns: the offset to read from.
    /// - Throws: ``PipelineProblem`` where going on would lose or double something, ``KafkaError``.
    func open(_ committed: PartitionOffset, _ context: RebalanceContext) throws -> Int64 {
        let place = committed.partition
        let (low, high) = try context.watermarks(place)
        guard case .at(let offset) = committed.offset else {
            let first = try firstStart(place, low, high, context)
            partitions[place] =
                topology.isEvents(place.topic) ? freshEvents(place, first) : try freshScored(place, first)
            return first
        }
        let checkpoint: Checkpoint
        do {
            checkpoint = try store.checkpoint(committed)
        } catch CheckpointError.empty {
            log.warning(
                "the committed offset carries no checkpoint: somebody has set it; beginning there with nothing open",
                ["partition": .init(place), "offset": .init(Int(offset))]
            )
            let first = max(low, min(offset, high))
            partitions[place] =
                topology.isEvents(place.topic) ? freshEvents(place, first) : try freshScored(place, first)
            return first
        } catch let error as CheckpointError {
            throw PipelineProblem(.usage, "\(place): \(error)")
        }
        if let kept = parked.removeValue(forKey: place), kept.token == checkpoint.token {
            partitions[place] = kept.partition
            kept.partition.flow.returned()
            status.retained += 1
            return kept.partition.flow.position
        }
        try checkTopic(place, checkpoint, high)
        status.restores += 1
        restoring[place] = clock.milliseconds
        return topology.isEvents(place.topic)
            ? try restoreEvents(place, checkpoint, low, high) : try restoreScored(place, checkpoint, low)
    }

    /// The topic must be the one that the checkpoint speaks of.
    private func checkTopic(_ place: TopicPartition, _ checkpoint: Checkpoint, _ high: Int64) throws {
        let count = topology.partitions(of: place.topic)
        if checkpoint.partitions != 0, checkpoint.partitions != count {
            throw PipelineProblem(
                .usage,
                "topic \(place.topic) has \(count) partitions, and had \(checkpoint.partitions) when \(place) was last "
                    + "committed: threads that are open have moved. Stop the producers, let everything that is open end "
                    + "under the old count, or begin anew with another app_id"
            )
        }
        if checkpoint.position > high {
            throw PipelineProblem(
                .usage,
                "\(place) ends at offset \(high), and was read up to \(checkpoint.position): the topic was deleted and "
                    + "made anew, or has lost records. Set the group's offsets to where it shall go on "
                    + "(kafka-consumer-groups --reset-offsets), or use another app_id"
            )
        }
    }

    private func freshEvents(_ place: TopicPartition, _ start: Int64) -> EventPartition {
        let stage = ThreadStage(settings.liveStageConfiguration(), mode: .live, examples: tables.examples)
        return EventPartition(place, stage, start: start, services)
    }

    private func freshScored(_ place: TopicPartition, _ start: Int64) throws -> ScoredPartition {
        let stage = GroupStage(settings.groupStageConfiguration(topology), decider, position: start)
        return ScoredPartition(place, stage, start: start, adapters: try adapterLoop(), services)
    }

    private func restoreEvents(_ place: TopicPartition, _ checkpoint: Checkpoint, _ low: Int64, _ high: Int64) throws
        -> Int64
    {
        var stage = ThreadStage(settings.liveStageConfiguration(), mode: .live, examples: tables.examples)
        stage.begin(checkpoint.plan, partition: place.partition, topic: topology.number(of: place.topic))
        for entry in checkpoint.entries where entry.cut != nil {
            do {
                try stage.adopt(entry.first, parts: try store.parts(of: entry))
            } catch let problem as SpillProblem {
                throw PipelineProblem(.data, "\(place): \(problem)")
            }
        }
        let lost = stage.loseHead(before: low)
        if lost > 0 {
            log.error(
                "the head of the log is gone: open threads have lost their first records and end as incomplete",
                ["partition": .init(place), "threads": .init(lost), "first_offset": .init(Int(low))]
            )
        }
        let memory = Int64(settings.assembly.closedMemoryRecords)
        let start = min(high, max(low, checkpoint.start(memory: memory)))
        stage.endRestoreIfReached(start)
        let partition = EventPartition(
            place,
            stage,
            start: start,
            resumedAt: checkpoint.position,
            caution: Caution(decoding: checkpoint.extra),
            services
        )
        partition.committed = checkpoint
        partition.pending.counts.headLost += lost
        partitions[place] = partition
        return start
    }

    private func restoreScored(_ place: TopicPartition, _ checkpoint: Checkpoint, _ low: Int64) throws -> Int64 {
        let configuration = settings.groupStageConfiguration(topology)
        var stage = GroupStage(configuration, decider, position: checkpoint.position)
        let plan = GroupRestorePlan(
            position: checkpoint.position,
            firsts: checkpoint.entries.map(\.first),
            clock: StreamClock(decoding: checkpoint.extra) ?? StreamClock()
        )
        stage.begin(plan)
        let start = max(low, plan.readsFrom(configuration))
        stage.reach(start)
        let partition = ScoredPartition(
            place,
            stage,
            start: start,
            resumesAt: checkpoint.position,
            adapters: try adapterLoop(),
            services
        )
        partition.committed = checkpoint
        partitions[place] = partition
        return start
    }

    /// The instant-learning loop, taken up from what it has published; nil where it is off.
    private func adapterLoop() throws -> AdapterLoop? {
        try AdapterLoop.resumed(settings, client, log)
    }

    private var decider: GroupDecider {
        GroupDecider(
            settings.groupConfiguration(),
            estimator: estimator,
            rewards: settings.stageConfiguration().rewards,
            examples: tables.examples
        )
    }

    /// Commits all that is ready before partitions change hands.
    func commitNow(_ context: RebalanceContext) throws {
        for partition in partitions.values where !partition.isRestoring { partition.leave(now: clock.milliseconds) }
        let now = clock.milliseconds
        if !settings.isExactlyOnce { try commitPlainly(context.member, now) }
        if let bundle = try prepare(now) { try run(bundle, context.member) }
    }

    /// A partition is ours no longer: kept aside where all of it is committed, else dropped.
    func letGo(_ place: TopicPartition, lost: Bool) {
        retries.forget(place)
        if lost, Faults.isOff("keep-on-lost") { return }
        guard let partition = partitions.removeValue(forKey: place) else { return }
        let now = clock.milliseconds
        parked = parked.filter { now - $0.value.since < ParkedPartition.patience }
        guard !lost, let committed = partition.committed, partition.pending.isEmpty, !partition.isRestoring,
            partition.checkpoint().says(the: committed)
        else { return }
        parked[place] = ParkedPartition(partition: partition, token: committed.token, since: now)
    }
}
