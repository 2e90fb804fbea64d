internal import Kafka
internal import Reinforce
internal import Settings
internal import Telemetry

/// What happens when partitions come and go. A group's members stand on several partitions: only a process that reads all
/// of them can say when a group is whole, so a second process of the same group leaves again.
final class Assignment: RebalanceHandler {
    private unowned let processor: LiveProcessor
    private var partialSince: Int64?
    private var wasWhole = false
    /// The group's sessions end by real time, whatever clock the stream is told.
    private let clock = SystemClock()

    /// Longer than the session of a member that has died without a word.
    private var patience: Int64 { 10_000 + 2 * Int64(processor.configuration[.sessionTimeout] ?? 10_000) }

    init(_ processor: LiveProcessor) { self.processor = processor }

    func assigned(_ partitions: [TopicPartition], _ context: RebalanceContext) throws(KafkaError) -> [PartitionOffset] {
        var starts: [PartitionOffset] = []
        for place in try context.committed(partitions) {
            if let error = place.error { throw error }
            starts.append(PartitionOffset(place.partition, .at(try start(place, context))))
        }
        processor.log.info("assigned", ["partitions": .init(partitions.map(\.description).joined(separator: " "))])
        partialSince = partialSince ?? clock.milliseconds
        return starts
    }

    /// Where to begin, and what to take up again.
    private func start(_ place: PartitionOffset, _ context: RebalanceContext) throws(KafkaError) -> Int64 {
        let number = place.partition.partition
        let (low, high) = try context.watermarks(place.partition)
        var stage = ThreadStage(processor.stageConfiguration, mode: .live, examples: processor.examples)
        guard case .at(let offset) = place.offset else {
            let first = try firstStart(place.partition, low, high, context)
            processor.partitions[number] = LivePartition(number, stage, position: first)
            return first
        }
        guard let checkpoint = try processor.checkpoints.load(place.metadata, committed: offset) else {
            processor.log.warning(
                "the committed offset carries no checkpoint: somebody has set it; beginning there without open threads",
                ["partition": .init(place.partition), "offset": .init(Int(offset))]
            )
            let first = max(low, min(offset, high))
            processor.partitions[number] = LivePartition(number, stage, position: first)
            return first
        }
        stage.begin(checkpoint.plan, partition: number)
        let lost = stage.loseHead(before: low)
        if lost > 0 {
            processor.log.error(
                "the head of the log is gone: open threads have lost their first records",
                ["partition": .init(place.partition), "threads": .init(lost), "first_offset": .init(Int(low))]
            )
            processor.counts.headLost += lost
        }
        stage.endRestoreIfReached(low)
        let memory = Int64(processor.settings.assembly.closedMemoryRecords)
        let first = min(high, max(low, checkpoint.start(memory: memory)))
        processor.partitions[number] = LivePartition(number, stage, position: first)
        return first
    }

    /// A group that has committed nothing yet begins where the settings say.
    private func firstStart(_ place: TopicPartition, _ low: Int64, _ high: Int64, _ context: RebalanceContext)
        throws(KafkaError) -> Int64
    {
        let start = processor.settings.start
        processor.log.info("first start", ["partition": .init(place), "start": .init(start)])
        switch start {
        case "earliest": return low
        case "latest": return high
        default:
            guard let time = milliseconds(start) else { return low }
            if case .at(let offset)? = try context.offsets([place], at: time).first?.offset { return offset }
            return high
        }
    }

    func revoked(_ partitions: [TopicPartition], lost: Bool, _ context: RebalanceContext) {
        if !lost, !processor.mustRejoin, !processor.partitions.isEmpty {
            do {
                // of all that is ours: what stays is read again from its commit too
                try context.commit(processor.prepareCommit(processor.partitions.keys.sorted()))
            } catch {
                processor.log.warning("not committed before giving partitions up", ["problem": .init("\(error)")])
            }
        }
        processor.forget()
        processor.mustRejoin = true
        processor.log.info(
            lost ? "lost" : "revoked",
            ["partitions": .init(partitions.map(\.description).joined(separator: " "))]
        )
        partialSince = clock.milliseconds
    }

    /// Leaves when another process of the group has had partitions for too long.
    func checkWhole() throws {
        if processor.partitions.count == Int(processor.partitionCount) {
            wasWhole = true
            partialSince = nil
            return
        }
        guard !wasWhole, let partialSince, clock.milliseconds - partialSince > patience else { return }
        throw PipelineProblem(
            .temporary,
            "another process reads partitions of \(processor.topic) as group \(processor.settings.appID): this version runs "
                + "one process a group, since a group's members stand on all partitions; stop one of them, or use another app_id"
        )
    }
}
