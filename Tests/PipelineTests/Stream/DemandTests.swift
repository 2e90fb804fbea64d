import EmbeddedKafka
import Foundation
import JSON
import Kafka
import KafkaTestSupport
import Settings
import TestSupport
import Testing

@testable import Pipeline
@testable import Reinforce

/// What the demand topic says of examples, against what the batches and a replay say of their groups.
@Suite(.waits) struct DemandTests {
    private func run() throws -> StreamRun {
        let run = try StreamRun(GoldenCase.all[0])
        try run.cluster?.createTopic("demand", partitions: 1)
        run.settings.topics.demand = "demand"
        try run.produce(try Recording(run.golden.recording).records)
        try run.process(FastClock(step: 200))
        return run
    }

    /// Everything on the topic, tombstones too.
    private func records(_ run: StreamRun) throws -> [(key: String, value: JSONValue?)] {
        var configuration = run.client
        configuration[.groupID] = "demand-reader"
        configuration[.partitionEnd] = true
        let consumer = try Consumer(configuration)
        try consumer.assign([PartitionOffset(TopicPartition("demand", 0), .beginning)])
        var batch = RecordBatch()
        var found: [(key: String, value: JSONValue?)] = []
        let deadline = Date.patience
        while Date() < deadline {
            try consumer.poll(into: &batch, milliseconds: 200)
            batch.forEach { record in
                var (key, value): (String, JSONValue?) = ("", nil)
                if let span = record.key { key = Text(utf8: span)?.string ?? "" }
                if let span = record.value {
                    value = try? JSONValue(parsing: unsafe span.withUnsafeBytes { unsafe Array($0) })
                }
                found.append((key, value))
            }
            if !batch.ends.isEmpty { break }
        }
        return found
    }

    @Test func everyGroupSaysWhatItsExampleLacks() throws {
        let run = try run()
        let records = try records(run)
        let written = try run.read("reinforce").flatMap { record in
            try JSONValue(parsing: record.value)["groups"]?.list ?? []
        }
        #expect(!written.isEmpty)
        var lacking = 0
        for (key, value) in records {
            guard let value else { continue }
            #expect(key == "\(value["tenant_id"]?.text ?? "")/\(value["example_id"]?.text ?? "")")
            let lacks = value["lacks"]?.list.compactMap(\.text) ?? []
            #expect(!lacks.isEmpty)
            lacking += 1
            guard let group = written.first(where: { $0["group_id"] == value["group_id"] }) else {
                #expect(value["missing_rollouts"]?.int == value["expected_size"]?.int, "it was not used")
                continue
            }
            let votes = group["stats"]?["votes"]?.int ?? 0
            let missing = (group["expected_size"]?.int ?? 0) - votes
            #expect(value["votes"]?.int == votes)
            #expect(value["missing_rollouts"]?.int == missing)
            #expect(lacks.contains("rollouts") == (missing > 0))
            #expect(lacks.contains("signal") == (group["signal"]?.text != "ok"))
            #expect(value["outcome_mean"]?.number == group["stats"]?["outcome_mean"]?.number)
        }
        #expect(lacking > 0)
        // whoever is whole and has a signal takes the record of its example away
        let whole = written.filter {
            $0["signal"]?.text == "ok" && $0["stats"]?["votes"]?.int == $0["expected_size"]?.int
        }
        #expect(records.count { $0.value == nil } >= whole.count)
        #expect(!whole.isEmpty)
    }

    @Test func theSameGroupGivesTheSameRecord() throws {
        let folder = try TemporaryFolder()
        final class Seen: ReplayObserver {
            var records: [GroupKey: [UInt8]?] = [:]
            func decided(_ group: DecidedGroup, _ policies: PolicyHistory) {
                records.updateValue(DemandRecord(group, nil).value, forKey: group.key)
            }
        }
        let seen = (Seen(), Seen())
        for observer in [seen.0, seen.1] {
            let replay = Replay(try GoldenCase.all[0].options(folder, threads: observer === seen.0 ? 1 : 2))
            replay.observer = observer
            _ = try replay.run()
        }
        #expect(seen.0.records == seen.1.records)
        #expect(seen.0.records.values.contains { $0 == nil } && seen.0.records.values.contains { $0 != nil })
        // a group that was decided well and not written has given nobody anything
        let replay = Replay(try GoldenCase.all[0].options(folder))
        final class Whole: ReplayObserver {
            var group: DecidedGroup?
            func decided(_ group: DecidedGroup, _ policies: PolicyHistory) {
                if self.group == nil, DemandRecord(group, nil).value == nil { self.group = group }
            }
        }
        let whole = Whole()
        replay.observer = whole
        _ = try replay.run()
        let group = try #require(whole.group)
        let value = try JSONValue(parsing: #require(DemandRecord(group, .withheld).value))
        #expect(value["lacks"]?.list.compactMap(\.text) == ["rollouts"])
        #expect(value["status"]?.text == "withheld")
        #expect(value["missing_rollouts"]?.int == group.expectedSize)
        #expect(value["votes"]?.int == 0 && value["outcome_mean"] == .null)
    }
}
