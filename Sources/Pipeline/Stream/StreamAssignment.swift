internal import Kafka
internal import Reinforce
internal import Settings
internal import Telemetry

/// What happens when partitions come and go. Runs on the thread that polls, while nothing else is read.
final class StreamAssignment: RebalanceHandler {
    private unowned let processor: StreamProcessor
    /// The process is leaving in an error: nothing is committed any more.
    var isGone = false

    init(_ processor: StreamProcessor) { self.processor = processor }

    func assigned(_ places: [TopicPartition], _ context: RebalanceContext) throws(KafkaError) -> [PartitionOffset] {
        guard !isGone, !places.isEmpty else { return [] }
        let began = processor.clock.milliseconds
        processor.status.rebalances += 1
        var starts: [PartitionOffset] = []
        for committed in try context.committed(places) {
            if let error = committed.error { throw error }
            do {
                let start = try processor.open(committed, context)
                starts.append(PartitionOffset(committed.partition, .at(start)))
            } catch let problem as PipelineProblem {
                throw refuse(problem)
            } catch let error as KafkaError {
                throw error
            } catch {
                throw refuse(PipelineProblem(.internal, "\(committed.partition): \(error)"))
            }
        }
        try followPairings()
        Faults.point("assign-before-seek")
        processor.log.info(
            "assigned",
            [
                "partitions": .init(places.sorted().map(\.description).joined(separator: " ")),
                "ms": .init(Int(processor.clock.milliseconds - began)),
            ]
        )
        return starts
    }

    /// The main loop ends with the problem; librdkafka hears of an error of its own kind.
    private func refuse(_ problem: PipelineProblem) -> KafkaError {
        processor.refusal = processor.refusal ?? problem
        return KafkaError(
            code: -186,
            name: "_INVALID_ARG",
            recovery: .none,
            message: problem.description,
            operation: "take partitions"
        )
    }

    private func followPairings() throws(KafkaError) {
        let events = processor.partitions.keys.filter { $0.topic == processor.settings.topics.events.first }
        try processor.tables.follow(events.map(\.partition).sorted()) { change in
            for partition in processor.partitions.values { partition.apply(change) }
        }
    }

    func revoked(_ places: [TopicPartition], lost: Bool, _ context: RebalanceContext) {
        guard !places.isEmpty else { return }
        processor.status.rebalances += 1
        let names = places.sorted().map(\.description).joined(separator: " ")
        if lost, !isGone, !Faults.isOff("keep-on-lost") {
            processor.status.lost += places.count
            processor.log.warning("partitions were taken away without asking", ["partitions": .init(names)])
        }
        do {
            // a transaction under way is of these partitions too: its fate must be known before they change hands
            try processor.awaitInFlight(milliseconds: 20_000, context.member)
            Faults.point("revoke-before-commit")
            if !lost, !isGone { try processor.commitNow(context) }
            Faults.point("revoke-after-commit")
        } catch let problem as PipelineProblem {
            processor.refusal = processor.refusal ?? problem
        } catch let error as KafkaError where error.isFatal {
            processor.refusal = processor.refusal ?? PipelineProblem(.temporary, error.description)
        } catch {
            processor.log.warning("not committed before giving partitions up", ["problem": .init("\(error)")])
        }
        for place in places { processor.letGo(place, lost: lost || isGone) }
        processor.log.info(lost ? "lost" : "revoked", ["partitions": .init(names)])
    }
}
