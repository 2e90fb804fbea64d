internal import Failpoints
internal import Kafka
internal import Problems
internal import Reinforce
internal import Settings
internal import Telemetry

/// What happens when partitions come and go. Runs on the thread that polls, while nothing else is read.
final class StreamAssignment: RebalanceHandler {
    private unowned let processor: StreamProcessor
    /// The process is leaving in an error: nothing is committed any more.
    var isGone = false

    init(_ processor: StreamProcessor) { self.processor = processor }

    /// What is committed of them is asked for beside the loop: the group waits for nobody who waits for an answer.
    var takesLater: Bool { true }

    func assigned(_ places: [TopicPartition], _ context: RebalanceContext) throws(KafkaError) -> [PartitionOffset] {
        guard !isGone, !places.isEmpty else { return [] }
        processor.journal.status.rebalances += 1
        processor.journal.measures.rebalanceBegan(.assigned)
        processor.tasks.add(places)
        return []
    }

    func revoked(_ places: [TopicPartition], lost: Bool, _ context: RebalanceContext) {
        guard !places.isEmpty else { return }
        processor.journal.status.rebalances += 1
        let began = SystemClock.uptime
        processor.journal.measures.rebalanceBegan(lost ? .lost : .revoked)
        defer { processor.journal.measures.rebalanced(lost ? .lost : .revoked, took: SystemClock.uptime - began) }
        let names = places.inRanges
        if lost, !isGone, !Faults.isOff("keep-on-lost") {
            processor.journal.status.lost += places.count
            processor.services.log.warning(
                "partitions were lost: the group gave them to another member before they were handed over",
                ["partitions": .init(names)]
            )
        }
        do {
            // a transaction under way is of these partitions too: its fate must be known before they change hands
            if !isGone { try processor.commits.awaitInFlight(context.member) }
            Faults.point("revoke-before-commit")
            if !lost, !isGone { try processor.commits.commitAll(context.member) }
            Faults.point("revoke-after-commit")
        } catch let problem as PipelineProblem {
            processor.refusal = processor.refusal ?? problem
        } catch {
            // what the partitions that stay had ready went with it: only what is committed is sure
            let end = SessionEnd(error) ?? .lost("\(error)")
            processor.sessionEnd = processor.sessionEnd ?? end
            if let error = error as? KafkaError, error.isNotAllowed {
                processor.refusal = processor.refusal ?? PipelineProblem(error, processor.services.client)
            }
            processor.services.log.warning("not committed before giving partitions up", ["problem": .init(end)])
        }
        for place in places { processor.letGo(place, isLost: lost || isGone) }
        processor.services.log.info(lost ? "lost" : "revoked", ["partitions": .init(names)])
    }
}
