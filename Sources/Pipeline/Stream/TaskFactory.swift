internal import Files
internal import JSON
internal import Kafka
internal import Problems
internal import Reinforce
internal import Settings
internal import Telemetry

/// Makes the tasks of partitions from what was read about them: anew, or from their checkpoints.
struct TaskFactory {
    let services: StreamServices
    let tables: ReferenceTables

    private var settings: Settings { services.settings }

    /// A task with nothing open that begins at `start`.
    func fresh(_ reading: PartitionReading, _ start: Int64) -> any StreamTask {
        guard services.topology.isEvents(reading.place.topic) else {
            let stage = GroupStage(settings.groupStageConfiguration(services.topology), decider, position: start)
            let adapters = unsafe reading.adapters.value
            return GroupStreamTask(reading.place, stage, start: start, adapters: adapters, services)
        }
        let stage = ThreadStage(settings.liveStageConfiguration(), mode: .live, examples: tables.examples)
        // there may be nothing committed yet because the first records have ended every process so far
        return RolloutTask(reading.place, stage, start: start, caution: Caution(decoding: []), services)
    }

    /// A task as a checkpoint tells of it, and the offset to read from.
    ///
    /// - Throws: ``PipelineProblem`` where going on would lose or double something.
    func restored(_ reading: PartitionReading, _ checkpoint: Checkpoint) throws -> (task: any StreamTask, start: Int64)
    {
        try checkTopic(reading.place, checkpoint, reading.high)
        return services.topology.isEvents(reading.place.topic)
            ? try restoreEvents(reading, checkpoint) : restoreScored(reading, checkpoint)
    }

    /// The topic must be the one that the checkpoint speaks of.
    private func checkTopic(_ place: TopicPartition, _ checkpoint: Checkpoint, _ high: Int64) throws {
        let count = services.topology.partitions(of: place.topic)
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

    private func restoreEvents(_ reading: PartitionReading, _ checkpoint: Checkpoint) throws
        -> (task: any StreamTask, start: Int64)
    {
        let place = reading.place
        var stage = ThreadStage(settings.liveStageConfiguration(), mode: .live, examples: tables.examples)
        let topic = services.topology.number(of: place.topic)
        stage.begin(checkpoint.plan, partition: place.partition, topic: topic)
        for entry in checkpoint.entries where entry.cut != nil {
            do throws(SpillProblem) {
                try stage.adopt(entry.first, parts: reading.parts[entry.first] ?? [])
            } catch {
                throw PipelineProblem(.data, "\(place): \(error)")
            }
        }
        let lost = stage.loseHead(before: reading.low)
        if lost > 0 {
            services.log.error(
                "the head of the log is gone: open threads have lost their first records and end as incomplete",
                ["partition": .init(place), "threads": .init(lost), "first_offset": .init(Int(reading.low))]
            )
        }
        let memory = Int64(settings.assembly.closedMemoryRecords)
        let start = min(reading.high, max(reading.low, checkpoint.start(memory: memory)))
        stage.endRestoreIfReached(start)
        let task = RolloutTask(
            place,
            stage,
            start: start,
            resumedAt: checkpoint.position,
            caution: Caution(decoding: checkpoint.extra),
            committed: checkpoint,
            services
        )
        task.pending.counts.headLost += lost
        return (task, start)
    }

    private func restoreScored(_ reading: PartitionReading, _ checkpoint: Checkpoint)
        -> (task: any StreamTask, start: Int64)
    {
        let configuration = settings.groupStageConfiguration(services.topology)
        var stage = GroupStage(configuration, decider, position: checkpoint.position)
        let plan = GroupRestorePlan(
            position: checkpoint.position,
            firsts: checkpoint.entries.map(\.first),
            clock: StreamClock(decoding: checkpoint.extra) ?? StreamClock()
        )
        stage.begin(plan)
        let start = max(reading.low, plan.readsFrom(configuration))
        stage.reach(start)
        let task = GroupStreamTask(
            reading.place,
            stage,
            start: start,
            resumesAt: checkpoint.position,
            adapters: unsafe reading.adapters.value,
            committed: checkpoint,
            services
        )
        return (task, start)
    }

    private var decider: GroupDecider {
        GroupDecider(
            settings.groupConfiguration(),
            estimator: services.batchRules.estimator,
            rewards: settings.stageConfiguration().rewards,
            examples: tables.examples,
            policies: tables.policies
        )
    }
}
