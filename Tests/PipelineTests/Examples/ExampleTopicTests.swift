import EmbeddedKafka
import Foundation
import JSON
import Kafka
import KafkaTestSupport
import Reinforce
import Settings
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Inspection
@testable import Pipeline
@testable import Recordings

/// The examples topic: five of its records are broken, one has a key that differs from its value.
@Suite(.waits) struct ExampleTopicTests {
    private static func example(_ id: String, _ answer: String = "a") -> String {
        #"{"example_id":"\#(id)","data":{"question":"q","answer":"\#(answer)"},"input_keys":["question"]}"#
    }

    private static var records: [(key: [UInt8], value: [UInt8]?)] {
        let texts: [(String, String?)] = [
            ("ex-1", example("ex-1", "old")), ("ex-1", example("ex-1")), ("ex-2", example("ex-2")), ("ex-2", nil),
            ("ex-4", "{not json"), ("ex-5", example("ex-6")), ("ex-7", ""), ("ex-8", "\u{FEFF}" + example("ex-8")),
            ("ex-9", example("ex-9") + "\n"), ("ex-10", "null"), ("ex-11", example("ex-11")), ("ex-11", "{bad"),
        ]
        return texts.map { (Array($0.0.utf8), $0.1.map { Array($0.utf8) }) }
            + [([0xFF, 0xFE], Array(example("ex-12").utf8))]
    }

    /// One thread for each example, in a group of its own.
    private static var trace: Trace {
        var trace = Trace()
        for number in [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12] {
            trace.thread("t\(number)", example: "ex-\(number)", group: "g\(number)", slot: 0, of: 1, answer: "a")
        }
        return trace
    }

    private static func fill(_ topics: TopicFixture) throws {
        try topics.create("dashstream-examples", partitions: 1)
        let producer = try Producer(topics.client)
        for record in records {
            try producer.enqueue(
                topic: "dashstream-examples",
                partition: 0,
                key: record.key,
                value: record.value
            )
        }
        try producer.close()
        try topics.produce(trace.recording.records, to: "dashstream-events", partitions: 4)
    }

    private static func settings(_ client: ClientConfiguration) -> Settings {
        var settings = Settings()
        settings.kafka.brokers = client[.brokers] ?? ""
        settings.instanceID = "one"
        settings.groups.minUsable = 1
        settings.batches.allowRepeats = true
        settings.batches.linger = 100
        settings.examples.grace = 1000
        settings.commit.interval = 50
        settings.kafka.properties = ["session.timeout.ms=6000"]
        return settings
    }

    @Test func aReplayCountsThemAndWritesThemDown() throws {
        let topics = try TopicFixture()
        try Self.fill(topics)
        let folder = try TemporaryFolder()
        let settings = Self.settings(topics.client)
        let (table, broken) = try settings.readExamples(topic: "dashstream-examples")
        #expect(broken.count == 5)
        var options = ReplayOptions(topics: topics.range(["dashstream-events"]), examples: table, estimator: .dashflow)
        options.brokenExamples = broken
        options.groups.minUsable = 1
        options.output = folder.file("b.jsonl")
        options.deadLetters = folder.file("dead.jsonl")
        let replay = Replay(options)
        var tally = NoticeTally()
        replay.onNotices = { tally.add($0) }
        let summary = try replay.run().summary
        #expect(summary.brokenExamples == 5)
        #expect(summary.imbalance == nil)
        #expect(summary.text.contains("dead letters: 5 broken_example"))
        #expect(summary.excluded == [.unknownExample: 6])
        #expect(tally.count(.brokenExample) == 5)
        let report = try DeadLetterReport(
            .file(folder.file("dead.jsonl")),
            DeadLetterFilter(["stage=examples"]),
            show: 0
        )
        #expect(report.count == 5)
        #expect(report.shown?.value == Array("{not json".utf8))
        #expect(report.shown?.offset == 4)
    }

    /// Every process reads all of the topic, and so does every start: each broken record is a dead letter once.
    @Test(arguments: ["exactly_once", "at_least_once"]) func liveEachIsADeadLetterOnce(_ delivery: String) throws {
        let topics = try TopicFixture()
        try check(topics, delivery, isEmbedded: true)
    }

    @Test(.enabled(if: RealKafka.launcher != nil, "set DASH_KAFKA to a Kafka launcher"))
    func besideARealKafkaToo() throws {
        let kafka = try RealKafka.reused()
        try check(try TopicFixture(on: kafka), "exactly_once", isEmbedded: false)
    }

    private func check(_ topics: TopicFixture, _ delivery: String, isEmbedded: Bool) throws {
        for (topic, count) in [
            ("dash-reinforce-scored", Int32(4)), ("reinforce", 1), ("dash-reinforce-dlq", 1),
            ("dash-reinforce-checkpoints", 1),
        ] { try topics.create(topic, partitions: count) }
        try Self.fill(topics)
        var settings = Self.settings(topics.client)
        settings.delivery = delivery
        let lines = Mutex<[String]>([])
        let log = Logger(now: { 0 }) { line in lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
        for life in 0..<2 {
            let processor = try StreamProcessor(
                settings,
                examples: nil,
                client: settings.clientConfiguration(),
                log: log,
                isEmbedded: isEmbedded
            )
            let deadline = Date.patience
            try processor.run {
                let isDone =
                    life == 0
                    ? processor.counts.deadLetters == 5 && processor.counts.batches > 0
                    : processor.commits.letters.floors != nil && processor.isQuiet
                return isDone || Date() > deadline
            }
            #expect(processor.counts.deadLetters == (life == 0 ? 5 : 0))
            if life == 0 { #expect(processor.counts.deadLetterReasons == ["broken_example": 5]) }
        }
        var keys: [String] = []
        let reader = try TopicReader(topics.range(["dash-reinforce-dlq"]), memory: 1 << 24)
        var batch = RecordBatch()
        for partition in reader.partitions {
            while !partition.isDone {
                _ = try partition.read(into: &batch, limit: .max, milliseconds: 100) { record in
                    let letter = DeadLetterRecord(record)
                    #expect(letter.stage == "examples" && letter.topic == "dashstream-examples")
                    keys.append(letter.key.map { String(decoding: $0, as: UTF8.self) } ?? "")
                }
            }
        }
        #expect(keys.sorted() == ["ex-10", "ex-11", "ex-4", "ex-7", "ex-8"])
        let warnings = lines.withLock { $0.filter { $0.contains(" warning dead letter: broken_example: ") } }
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("key=ex-4 at=dashstream-examples[0]@4") == true)
    }
}
