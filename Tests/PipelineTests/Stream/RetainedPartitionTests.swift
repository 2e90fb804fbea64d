import Foundation
import Kafka
import KafkaTestSupport
import Reinforce
import Settings
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

/// What a member of the group keeps in a rebalance it goes on with as it is: nothing is read again.
@Suite(.waits, .enabled(if: RealKafka.launcher != nil, "set DASH_KAFKA to a Kafka launcher"))
struct RetainedPartitionTests {
    /// A second processor joins in the middle of the log, with threads and groups open everywhere, and leaves again.
    @Test(arguments: ["cooperative-sticky", "range"])
    func partitionsThatStayAreNotReadAgain(_ strategy: String) throws {
        let kafka = try RealKafka.reused()
        let run = try StreamRun(GoldenCase.all[0], on: kafka)
        run.settings.groups.settle = 10_000
        run.settings.kafka.properties.append("partition.assignment.strategy=\(strategy)")
        let records = try Recording(run.golden.recording).records
        let half = records.count / 2
        // while members wait for each other hardly any time passes, so that nothing is given up
        let clock = PacedClock()
        let first = try StreamMember(run, "one", clock)
        let second = try StreamMember(run, "two", clock)
        defer {
            second.stop()
            first.stop()
        }

        try run.produce(records[..<half])
        first.start()
        try waitFor(run, "the first half") { first.now.hasRead(half, partitions: 8) }
        #expect(first.now.openThreads > 0)

        second.start()
        try waitFor(run, "a shared group") { !second.now.places.isEmpty && first.now.places.count == 4 }
        let kept = first.now.places
        try run.produce(records[half...])
        let mine = records.count { kept.contains(TopicPartition("dashstream-events", Int32($0.partition))) }
        try waitFor(run, "the second half at the one that stayed") { first.now.eventsRead == mine }
        clock.hurry()
        let expected = try run.replayedDigests()
        // quiet alone is not enough: it may have been so before it saw the last records
        try waitFor(run, "the second half") {
            first.now.isQuiet && second.now.isQuiet && (try? differences(run.digests(), expected)) == []
        }
        let shared = first.now
        #expect(shared.places == kept)
        #expect(shared.replayed == 0 && shared.restores == 0 && shared.repeated == 0)
        // eager assignors take everything away first: what comes back is what was put aside
        #expect(shared.retained == (strategy == "range" ? 4 : 0))
        #expect(shared.eventsRead == mine)
        // whoever takes a partition over reads what it needs
        #expect(second.now.everReplayed > 0)

        second.stop()
        try waitFor(run, "all partitions again") { first.now.places.count == 8 && first.now.isQuiet }
        #expect(first.now.replayedOf(kept) == 0)
        first.stop()
        #expect(first.failure == nil && second.failure == nil)
        #expect(differences(try run.digests(), expected) == [])
    }

    /// Members come one by one, as they do when somebody scales out: each stage is spread over all of them every time.
    @Test func eachStageIsSpreadOverMembersThatComeOneByOne() throws {
        let kafka = try RealKafka.reused()
        let run = try StreamRun(GoldenCase.all[0], on: kafka)
        var members: [StreamMember] = []
        defer { for member in members { member.stop() } }
        for name in ["one", "two", "three"] {
            let member = try StreamMember(run, name, PacedClock())
            members.append(member)
            member.start()
            try waitFor(run, "shares of \(members.count)") {
                let shares = members.map(\.now.places)
                return ["dashstream-events", "dash-reinforce-scored"].allSatisfy { topic in
                    let counts = shares.map { places in places.count { $0.topic == topic } }
                    return counts.reduce(0, +) == 4 && (counts.max() ?? 0) - (counts.min() ?? 0) <= 1
                }
            }
        }
        for member in members { member.stop() }
        #expect(members.allSatisfy { $0.failure == nil })
    }

    private func waitFor(_ run: StreamRun, _ what: String, _ condition: () -> Bool) throws {
        let deadline = Date.patience
        while !condition() {
            guard Date() < deadline else {
                throw Failure(description: "\(what): not there; \(run.lines.withLock { $0.suffix(10).joined() })")
            }
            Thread.sleep(forTimeInterval: 0.02)
        }
    }

    private struct Failure: Error, CustomStringConvertible { let description: String }
}
