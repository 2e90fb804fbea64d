import DashStream
import Foundation
import JSON
import Kafka
import KafkaTestSupport
import Settings
import Synchronization
import TestSupport
import Testing

@testable import Pipeline
@testable import Reinforce

/// What a few records ask for cannot hold up the rest of their partition, nor cost the membership of the group.
@Suite(.waits) struct StreamBoundsTests {
    private static func group(_ name: String, of size: Int = 2, _ trace: inout Trace) {
        for slot in 0..<2 {
            trace.thread(
                "\(name)\(slot)",
                example: "ex-0000",
                group: name,
                slot: slot,
                of: size,
                answer: slot == 0 ? "France-capital-0" : "elsewhere"
            )
        }
    }

    /// Group `g`, then a thread whose diffs copy a field into itself over and over, then group `h`.
    private static func bomb(_ diffs: Int) -> Recording {
        var trace = Trace()
        group("g", &trace)
        trace.append(
            "k",
            .event(
                trace.header("k", 1),
                type: 1,
                attributes: [
                    ("initial_state_json", .string(#"{"a":[0]}"#)), ("example_id", .string("ex-0000")),
                    ("group_id", .string("k")), ("rollout_index", .integer(0)), ("group_size", .integer(1)),
                    ("policy_version", .integer(1)),
                ]
            )
        )
        let copies = Array(repeating: OutgoingMessage.Operation(op: 4, path: "/a/-", from: "/a"), count: 40)
        for number in 0..<diffs {
            trace.append("k", .stateDiff(trace.header("k", UInt64(number) + 2), operations: copies))
        }
        trace.append("k", .event(trace.header("k", UInt64(diffs) + 2), type: 2))
        group("h", &trace)
        var recording = trace.recording
        for index in recording.records.indices { recording.records[index].partition = 0 }
        return recording
    }

    @Test func groupsBeforeAndBehindABombLeave() throws { try bombLeavesTheOthersAlone(nil) }

    @Test(.enabled(if: RealKafka.launcher != nil, "set DASH_KAFKA to a Kafka launcher"))
    func groupsBeforeAndBehindABombLeaveARealKafka() throws { try bombLeavesTheOthersAlone(try RealKafka.reused()) }

    private func bombLeavesTheOthersAlone(_ kafka: RealKafka?) throws {
        let run = try StreamRun(GoldenCase.all[0], on: kafka, partitions: 1)
        run.settings.kafka.properties += ["max.poll.interval.ms=6000"]
        try run.produce(Self.bomb(30).records)
        let processor = try run.process(SystemClock()) { $0.isQuiet && $0.counts.groups[.ok] == 2 }
        #expect(Set(try run.digests().keys) == ["t/g", "t/h"])
        #expect(processor.counts.excluded[.stateUnverified] == 1)
        #expect(run.lines.withLock { lines in !lines.contains { $0.contains("went on without us") } })
    }

    /// A rollout whose samples are too large: a member of its group that does not count, and a reference.
    @Test func aRolloutThatIsTooLargeIsAMemberThatDoesNotCount() throws {
        let run = try StreamRun(GoldenCase.all[0], partitions: 1)
        run.settings.limits.maxRolloutBytes = 4096
        var trace = Trace()
        Self.group("g", of: 3, &trace)
        trace.thread(
            "large",
            example: "ex-0000",
            group: "g",
            slot: 2,
            of: 3,
            answer: "France-capital-0",
            extra: [("text", .string(Text(String(repeating: "x", count: 5000))))]
        )
        var recording = trace.recording
        for index in recording.records.indices { recording.records[index].partition = 0 }
        try run.produce(recording.records)
        try run.process(SystemClock()) { $0.isQuiet && !$0.counts.excluded.isEmpty }
        let ledger = try run.read("ledger").map { try JSONValue(parsing: $0.value) }
        let line = ledger.first { $0["thread_id"]?.text == "large" }
        #expect(line?["reason"]?.text == "too_large")
        let letters = try run.read("dash-reinforce-dlq")
        let letter = try #require(letters.first)
        let stage = letter.headers.first { $0.name == "__dash_reinforce.errors.stage" }
        #expect(stage?.value == Array("score".utf8))
        let value = try JSONValue(parsing: letter.value)
        #expect(value["thread_id"]?.text == "large")
        #expect(value["topic"]?.text == "dashstream-events")
        #expect(letters.count == 1)
    }

    /// Nothing is committed yet: what ends or stalls this life must be found by the next one all the same.
    @Test func theFirstRecordOfAllIsNotedBeforeItIsTaken() throws {
        let run = try StreamRun(GoldenCase.all[0], partitions: 1)
        var trace = Trace()
        Self.group("g", &trace)
        var recording = trace.recording
        for index in recording.records.indices { recording.records[index].partition = 0 }
        try run.produce(recording.records)
        var notes: [[UInt8]] = []
        try run.process(SystemClock()) { processor in
            for case let events as RolloutTask in processor.tasks.active.values {
                if let extra = events.committed?.extra, notes.last != extra { notes.append(extra) }
            }
            return processor.isQuiet && processor.counts.batches > 0
        }
        // before its first record a partition may be committed as it is
        #expect(notes.drop { $0.isEmpty } == [[1], []])
    }
}
