internal import JSON
internal import Kafka
internal import Reinforce
internal import Settings
internal import Telemetry

extension StreamProcessor {
    /// Where a partition begins that the group has committed nothing of.
    ///
    /// - Throws: ``PipelineProblem`` where this application has worked before and its offsets are gone: beginning anew
    ///   would write everything a second time.
    func firstStart(_ place: TopicPartition, _ low: Int64, _ high: Int64, _ context: RebalanceContext) throws -> Int64 {
        guard topology.isEvents(place.topic) else { return low }
        try refuseWhereOffsetsAreGone(context)
        let start = settings.start
        log.info("first start", ["partition": .init(place), "start": .init(start)])
        switch start {
        case "earliest": return low
        case "latest": return high
        default:
            guard let time = milliseconds(start) else { return low }
            if case .at(let offset)? = try context.offsets([place], at: time).first?.offset { return offset }
            return high
        }
    }

    private func refuseWhereOffsetsAreGone(_ context: RebalanceContext) throws {
        for committed in try context.committed(topology.sources) {
            if case .at = committed.offset { return }
        }
        struct Found: Error {}
        do {
            // committed records only: what a life that was cut off left behind is no output
            try WholeTopic(topology.scored, client).forEach { _ in throw Found() }
        } catch is Found {
            throw PipelineProblem(
                .usage,
                "group \(settings.appID) has no committed offsets, but \(topology.scored) holds what it has written before: "
                    + "its offsets have expired or were deleted, and beginning anew would write every batch a second time. "
                    + "Set them to where it shall go on (kafka-consumer-groups --reset-offsets), or use another app_id"
            )
        }
    }
}

extension Settings {
    /// The rules of the second stage.
    func groupStageConfiguration(_ topology: StreamTopology) -> GroupStageConfiguration {
        var configuration = GroupStageConfiguration(groupConfiguration())
        configuration.closedMemoryRecords = Int64(groups.closedMemoryRecords)
        configuration.exampleGrace = examples.grace
        configuration.mayRepeat = !isExactlyOnce
        configuration.sources = Set(
            topology.sources.map { TimeSource(topic: .init($0.topic), partition: $0.partition) }
        )
        return configuration
    }
}
