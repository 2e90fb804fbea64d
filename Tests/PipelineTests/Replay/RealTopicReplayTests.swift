import Foundation
import JSON
import Kafka
import KafkaTestSupport
import TestSupport
import Testing

@testable import Pipeline
@testable import Problems
@testable import Recordings
@testable import Reinforce

/// What only a real broker can show: times, transactions, and records that are gone.
@Suite(.waits, .enabled(if: RealKafka.launcher != nil, "set DASH_KAFKA to a Kafka launcher"))
struct RealTopicReplayTests {
    private let golden = GoldenCase.all[0]

    @Test func timesAreTheSameOnATopicAndInItsRecording() throws {
        let kafka = try RealKafka.reused()
        let topic = try TopicFixture(on: kafka)
        let records = try Recording(golden.recording).records
        try topic.produce(records, to: "events", partitions: 4)
        let files = try TemporaryFolder()
        _ = try topic.record(["events"], to: files.file("all.dsrun"))
        let whole = try Outputs(golden) { $0.input = files.file("all.dsrun") }
        #expect(try Outputs(golden, threads: 2) { $0.topics = topic.range(["events"]) } == whole)
        let times = records.map(\.timestamp).sorted()
        let (from, to) = (RangeBound.time(times[1000]), RangeBound.time(times[3500]))
        let part = try topic.record(["events"], to: files.file("part.dsrun"), from: from, to: to)
        #expect(part.records > 1000 && part.records < 4000)
        let fromTopic = try Outputs(golden) { $0.topics = topic.range(["events"], from: from, to: to) }
        #expect(try Outputs(golden) { $0.input = files.file("part.dsrun") } == fromTopic)
        let ofAll = try Outputs(golden) {
            $0.input = files.file("all.dsrun")
            $0.range = RecordingRange(from: from, to: to)
        }
        #expect(ofAll.ledger == fromTopic.ledger)
        #expect(ofAll.batches == fromTopic.batches)
    }

    /// Markers and aborted records have offsets and are no records: a range may begin and end with them.
    @Test func abortedRecordsAreNotReadAndDoNotHoldUp() throws {
        let kafka = try RealKafka.reused()
        let topic = try TopicFixture(on: kafka)
        let records = try Recording(golden.recording).records
        try topic.create("events", partitions: 4)
        var configuration = topic.client
        configuration[.transactionalID] = "t"
        for (number, isCommitted) in [true, false, true, false].enumerated() {
            let producer = try Producer(configuration)
            try producer.beginTransaction()
            for record in records[number * 500..<number * 500 + 500] {
                try producer.enqueue(
                    topic: "events",
                    partition: Int32(record.partition),
                    key: record.key,
                    value: record.payload,
                    headers: record.headers,
                    timestamp: record.timestamp
                )
            }
            try producer.flush(milliseconds: 30_000)
            if isCommitted { try producer.commitTransaction() } else { try producer.abortTransaction() }
        }
        let files = try TemporaryFolder()
        #expect(try topic.record(["events"], to: files.file("r.dsrun")).records == 1000)
        let fromFile = try Outputs(golden) { $0.input = files.file("r.dsrun") }
        #expect(try Outputs(golden, threads: 2) { $0.topics = topic.range(["events"]) } == fromFile)
    }

    @Test func recordsThatAreGoneAreSaidSo() throws {
        let kafka = try RealKafka.reused()
        let topic = try TopicFixture(on: kafka)
        try topic.produce(Recording(golden.recording).records, to: "events", partitions: 4)
        try Admin(topic.client).deleteRecords(before: [PartitionOffset(TopicPartition("events", 1), .at(300))])
        let files = try TemporaryFolder()
        let from = RangeBound.offsets([.init(1): 299])
        let error = #expect(throws: PipelineProblem.self) {
            try topic.record(["events"], to: files.file("r"), from: from)
        }
        #expect(error?.kind == .input)
        #expect(error?.description.contains("events[1], which holds 300 to") == true)
        #expect(try topic.record(["events"], to: files.file("r")).records == 4004)
    }

    @Test func aTopicShowsAllBatchesAtOnceOrNone() throws {
        let kafka = try RealKafka.reused()
        let topic = try TopicFixture(on: kafka)
        try topic.create("reinforce", partitions: 1)
        let target = OutputTopic(topic.client, name: "reinforce", transactionalID: "replay")
        let folder = try TemporaryFolder()
        var options = try golden.options(folder)
        _ = try Replay(options).run()
        options.output = nil
        options.outputTopic = target
        let output = try TopicOutput(target, options)
        try output.write(Self.aBatch(), sequence: 0, options)
        output.abandon()
        #expect(try topic.values("reinforce") == [])
        _ = try Replay(options).run()
        let lines = try folder.bytes("batches.jsonl").split(separator: UInt8(ascii: "\n")).map { Array($0) }
        // what is committed is shown a moment after the commit has returned
        let deadline = Date.patience
        var shown: [[UInt8]] = []
        while shown.isEmpty, Date() < deadline { shown = try topic.values("reinforce") }
        #expect(shown == lines)
    }

    @Test func examplesAndPairingsComeFromTopics() throws {
        let kafka = try RealKafka.reused()
        let real = try #require(GoldenCase.all.first { $0.folder == "real" })
        let topic = try TopicFixture(on: kafka)
        try topic.create("examples", partitions: 3)
        try topic.create("rollouts", partitions: 3)
        let producer = try Producer(topic.client)
        for (file, name, key) in [("examples", "examples", "example_id"), ("rollouts", "rollouts", "thread_id")] {
            for line in try Fixture.bytes("golden/real/\(file).jsonl").split(separator: UInt8(ascii: "\n")) {
                let id = try JSONValue(parsing: Array(line))[Text(key)]?.text ?? ""
                try producer.enqueue(topic: name, key: Array(id.utf8), value: Array(line))
            }
        }
        try producer.enqueue(topic: "examples", key: Array("gone".utf8), value: [1])
        try producer.close()
        let folder = try TemporaryFolder()
        let tool = try Tool(
            "replay",
            "--input",
            real.recording,
            "--brokers",
            kafka.brokers,
            "--examples",
            "topic:examples",
            "--rollouts",
            "topic:rollouts",
            "--set",
            "groups.settle=1h",
            "--set",
            "groups.min_usable=1",
            "--set",
            "pairing.manifest_pointer=",
            "--out",
            folder.file("b"),
            "--ledger",
            folder.file("l")
        )
        #expect(tool.code == 0, "\(tool.error)")
        #expect(tool.error.contains("1 record, dead letter: broken_example"))
        let files = try Outputs(real) { _ in }
        #expect(try folder.bytes("b") == files.batches)
        #expect(try folder.bytes("l") == files.ledger)
    }

    private static func aBatch() -> Batch { Batch([], isPartial: true, SHA256()) }
}
