internal import DashStream
internal import Files
internal import JSON
internal import Kafka
internal import Problems
internal import Reinforce
internal import Settings
internal import Telemetry

extension StreamProcessor {
    var store: CheckpointStore {
        CheckpointStore(group: settings.appID, topic: settings.checkpointsTopic, client: client)
    }

    /// Makes a partition of what was read about it.
    ///
    /// - Returns: the partition and the offset to read from; nil: what had been put aside is gone, so it must be read anew.
    /// - Throws: ``PipelineProblem`` where going on would lose or double something.
    func open(_ reading: PartitionReading) throws -> (partition: any StreamPartition, start: Int64)? {
        let place = reading.place
        switch reading.start {
        case .first(let offset):
            log.info("first start", ["partition": .init(place), "start": .init(settings.start)])
            return (fresh(reading, offset), offset)
        case .reset(let offset):
            log.warning(
                "the committed offset carries no checkpoint: somebody has set it; beginning there with nothing open",
                ["partition": .init(place), "offset": .init(Int(offset))]
            )
            return (fresh(reading, offset), offset)
        case .checkpoint(let checkpoint):
            if let kept = parked.removeValue(forKey: place), kept.token == checkpoint.token {
                kept.partition.flow.returned()
                status.retained += 1
                return (kept.partition, kept.partition.flow.position)
            }
            guard !reading.isWarm else { return nil }
            try checkTopic(place, checkpoint, reading.high)
            status.restores += 1
            restoring[place] = clock.milliseconds
            return topology.isEvents(place.topic)
                ? try restoreEvents(reading, checkpoint) : restoreScored(reading, checkpoint)
        }
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

    private func fresh(_ reading: PartitionReading, _ start: Int64) -> any StreamPartition {
        guard topology.isEvents(reading.place.topic) else {
            let stage = GroupStage(settings.groupStageConfiguration(topology), decider, position: start)
            let adapters = unsafe reading.adapters.value
            return ScoredPartition(reading.place, stage, start: start, adapters: adapters, services)
        }
        let stage = ThreadStage(settings.liveStageConfiguration(), mode: .live, examples: tables.examples)
        // there may be nothing committed yet because the first records have ended every process so far
        return EventPartition(reading.place, stage, start: start, caution: Caution(decoding: []), services)
    }

    private func restoreEvents(_ reading: PartitionReading, _ checkpoint: Checkpoint) throws
        -> (partition: any StreamPartition, start: Int64)
    {
        let place = reading.place
        var stage = ThreadStage(settings.liveStageConfiguration(), mode: .live, examples: tables.examples)
        stage.begin(checkpoint.plan, partition: place.partition, topic: topology.number(of: place.topic))
        for entry in checkpoint.entries where entry.cut != nil {
            do throws(SpillProblem) {
                try stage.adopt(entry.first, parts: reading.parts[entry.first] ?? [])
            } catch {
                throw PipelineProblem(.data, "\(place): \(error)")
            }
        }
        let lost = stage.loseHead(before: reading.low)
        if lost > 0 {
            log.error(
                "the head of the log is gone: open threads have lost their first records and end as incomplete",
                ["partition": .init(place), "threads": .init(lost), "first_offset": .init(Int(reading.low))]
            )
        }
        let memory = Int64(settings.assembly.closedMemoryRecords)
        let start = min(reading.high, max(reading.low, checkpoint.start(memory: memory)))
        stage.endRestoreIfReached(start)
        let partition = EventPartition(
            place,
            stage,
            start: start,
            resumedAt: checkpoint.position,
            caution: Caution(decoding: checkpoint.extra),
            committed: checkpoint,
            services
        )
        partition.pending.counts.headLost += lost
        return (partition, start)
    }

    private func restoreScored(_ reading: PartitionReading, _ checkpoint: Checkpoint)
        -> (partition: any StreamPartition, start: Int64)
    {
        let configuration = settings.groupStageConfiguration(topology)
        var stage = GroupStage(configuration, decider, position: checkpoint.position)
        let plan = GroupRestorePlan(
            position: checkpoint.position,
            firsts: checkpoint.entries.map(\.first),
            clock: StreamClock(decoding: checkpoint.extra) ?? StreamClock()
        )
        stage.begin(plan)
        let start = max(reading.low, plan.readsFrom(configuration))
        stage.reach(start)
        let partition = ScoredPartition(
            reading.place,
            stage,
            start: start,
            resumesAt: checkpoint.position,
            adapters: unsafe reading.adapters.value,
            committed: checkpoint,
            services
        )
        return (partition, start)
    }

    private var decider: GroupDecider {
        GroupDecider(
            settings.groupConfiguration(),
            estimator: estimator,
            rewards: settings.stageConfiguration().rewards,
            examples: tables.examples,
            policies: tables.policies
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
        if place == exampleWriter { exampleLetters.floors = nil }
        pause.leave(place)
        departed.insert(place)
        desk?.leave(place)
        if lost, Faults.isOff("keep-on-lost") { return }
        openings.remove(place)
        opened[place] = nil
        restoring[place] = nil
        do throws(KafkaError) {
            if place.topic == settings.topics.events.first { try tables.leave(place.partition) }
        } catch {
            sessionEnd = sessionEnd ?? .failed(error)
        }
        guard let partition = partitions.removeValue(forKey: place) else { return }
        measures.read(bytes: partition.takeBytesRead(), of: place)
        let now = clock.milliseconds
        parked = parked.filter { now - $0.value.since < ParkedPartition.patience }
        guard !lost, let committed = partition.committed, partition.pending.isEmpty, !partition.isRestoring,
            desk == nil || !partition.isAsking,
            !partition.hasChanged
        else { return }
        parked[place] = ParkedPartition(partition: partition, token: committed.token, since: now)
    }

    /// Forgets all that is not committed; what is taken up next is read from the brokers.
    func forgetEverything() {
        for place in partitions.keys { desk?.leave(place) }
        partitions = [:]
        exampleLetters = ExampleLetters()
        parked = [:]
        openings = Openings()
        opened = [:]
        readings = SideJob()
        restoring = [:]
        inFlight = nil
        retries = RetryState()
        pause = BudgetPause()
        sessionEnd = nil
        membership.reset()
    }
}
