import EmbeddedKafka
import Foundation
import Kafka
import TestSupport
import Testing

@testable import Pipeline
@testable import Problems
@testable import Recordings

/// A range of topics gives what its recording gives, on the embedded broker.
@Suite(.waits) struct TopicReplayTests {
    @Test(arguments: ["run", "mutated", "mutated-2", "real"], [1, 2])
    func aTopicGivesTheSameAsItsRecording(_ folder: String, _ threads: Int) throws {
        let golden = try #require(GoldenCase.all.first { $0.folder == folder })
        let topic = try TopicFixture()
        try topic.produce(Recording(golden.recording).records, to: "events", partitions: 4)
        let files = try TemporaryFolder()
        let recorded = try topic.record(["events"], to: files.file("r.dsrun.zst"))
        let fromFile = try Outputs(golden, threads: threads) { $0.input = files.file("r.dsrun.zst") }
        let fromTopic = try Outputs(golden, threads: threads) { $0.topics = topic.range(["events"]) }
        #expect(fromTopic == fromFile)
        #expect(try Recording(golden.recording).records.count == recorded.records)
        // what the topic's name and the numbering of the input do not change is what the golden run gives
        let original = try Outputs(golden) { $0.topic = "events" }
        #expect(fromTopic.batches == original.batches)
        #expect(fromTopic.ledger == original.ledger)
        #expect(fromTopic.summary == original.summary)
    }

    @Test func beyondTheBudgetATopicGivesTheSame() throws {
        let golden = GoldenCase.all[0]
        let topic = try TopicFixture()
        try topic.produce(Recording(golden.recording).records, to: "events", partitions: 4)
        let resident = try Outputs(golden) { $0.topics = topic.range(["events"]) }
        let spilled = try Outputs(golden, budget: 1 << 20, threads: 2) { $0.topics = topic.range(["events"]) }
        #expect(spilled.wasSpilled)
        #expect(spilled == resident)
    }

    @Test func severalTopicsAreReadAndNamed() throws {
        let golden = GoldenCase.all[0]
        let topic = try TopicFixture()
        let records = try Recording(golden.recording).records
        try topic.produce(records.filter { $0.partition < 2 }, to: "b", partitions: 4)
        try topic.produce(records.filter { $0.partition >= 2 }, to: "a", partitions: 4)
        let files = try TemporaryFolder()
        _ = try topic.record(["b", "a"], to: files.file("r.dsrun"))
        let fromFile = try Outputs(golden) { $0.input = files.file("r.dsrun") }
        let fromTopic = try Outputs(golden) { $0.topics = topic.range(["a", "b"]) }
        #expect(fromTopic == fromFile)
        let text = String(decoding: fromTopic.batches, as: UTF8.self)
        #expect(text.contains(#""source":[{"topic":"a","partition":2"#))
        #expect(text.contains(#""source":[{"topic":"b","partition":1"#))
        // but for the names, the same as in one topic
        let original = try Outputs(golden) { $0.topic = "x" }
        let renamed = text.replacing(#"{"topic":"a""#, with: #"{"topic":"x""#).replacing(
            #"{"topic":"b""#,
            with: #"{"topic":"x""#
        )
        #expect(Array(renamed.utf8) == original.batches)
    }

    @Test func aRangeOfOffsetsIsTheSameFromTopicFileAndItsOwnRecording() throws {
        let golden = GoldenCase.all[0]
        let topic = try TopicFixture()
        try topic.produce(Recording(golden.recording).records, to: "events", partitions: 4)
        let files = try TemporaryFolder()
        let from = try RangeBound(parsing: "0:100,2:300", flag: "--from")
        let to = try RangeBound(parsing: "1:900,2:800", flag: "--to")
        let part = try topic.record(["events"], to: files.file("part.dsrun"), from: from, to: to)
        _ = try topic.record(["events"], to: files.file("all.dsrun"))
        let fromTopic = try Outputs(golden) { $0.topics = topic.range(["events"], from: from, to: to) }
        #expect(try Outputs(golden) { $0.input = files.file("part.dsrun") } == fromTopic)
        let ofAll = try Outputs(golden) {
            $0.input = files.file("all.dsrun")
            $0.range = RecordingRange(from: from, to: to)
        }
        // the position in the input is another there
        #expect(ofAll.batches == fromTopic.batches)
        #expect(ofAll.ledger == fromTopic.ledger)
        #expect(ofAll.summary == fromTopic.summary)
        let counts = try Recording(golden.recording).records.reduce(into: [0, 0, 0, 0]) { $0[Int($1.partition)] += 1 }
        #expect(part.records == counts[0] - 100 + 900 + 500 + counts[3])
    }

    @Test func anEmptyRangeIsAnEmptyRecording() throws {
        let topic = try TopicFixture()
        try topic.produce(Array(Recording(GoldenCase.all[0].recording).records.prefix(50)), to: "events", partitions: 4)
        let files = try TemporaryFolder()
        let result = try topic.record(["events"], to: files.file("r.dsrun"), from: .latest)
        #expect(result.records == 0)
        #expect(try RecordingIndex(of: files.file("r.dsrun")).count == 0)
    }

    @Test func whatIsNotThereIsNamed() throws {
        let topic = try TopicFixture()
        try topic.produce(
            Array(Recording(GoldenCase.all[0].recording).records.prefix(400)),
            to: "events",
            partitions: 4
        )
        let files = try TemporaryFolder()
        func kind(_ topics: [String], _ from: String, _ to: String) -> PipelineProblem.Kind? {
            do {
                let from = try RangeBound(parsing: from, flag: "--from")
                let to = try RangeBound(parsing: to, flag: "--to")
                _ = try topic.record(topics, to: files.file("r"), from: from, to: to)
                return nil
            } catch { return (error as? PipelineProblem)?.kind }
        }
        #expect(kind(["events"], "0:5000", "latest") == .input)
        #expect(kind(["events"], "earliest", "1:5000") == .input)
        #expect(kind(["events"], "7:0", "latest") == .usage)
        #expect(kind(["events"], "0:9", "0:8") == .usage)
        #expect(kind(["events"], "2025-01-02T00:00:00Z", "2025-01-01T00:00:00Z") == .usage)
        #expect(kind(["events", "more"], "0:1", "latest") == .usage)
        #expect(kind(["events"], "yesterday", "latest") == .usage)
        #expect(!FileManager.default.fileExists(atPath: files.file("r")))
    }
}
