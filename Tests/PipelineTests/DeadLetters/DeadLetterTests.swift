import EmbeddedKafka
import Foundation
import JSON
import Kafka
import Reinforce
import Settings
import TestSupport
import Testing

@testable import Inspection
@testable import Pipeline
@testable import Problems
@testable import Recordings
@testable import StoredBatches
@testable import Terminal
@testable import Verification

/// Dead letters: counted, shown, chosen and sent back.
@Suite(.waits) struct DeadLetterTests {
    private let folder: TemporaryFolder
    private let golden = GoldenCase.all[0]

    init() throws {
        folder = try TemporaryFolder()
        _ = try Replay(try golden.options(folder)).run()
    }

    private var file: DeadLetterSource { .file(folder.file("dead.jsonl")) }

    @Test func reasonsAreCountedAndOneIsShownWithItsBytes() throws {
        let lines = try folder.lines("dead.jsonl")
        let report = try DeadLetterReport(file, DeadLetterFilter(), show: 3)
        #expect(report.count == lines.count)
        #expect(report.reasons["schema_error"] == lines.filter { $0["reason"]?.text == "schema_error" }.count)
        #expect(report.shown?.offset == lines[3]["offset"]?.int.map(Int64.init))
        #expect(report.text(TextStyle(colours: false)).contains("\(lines.count) dead letters\n"))
        #expect(throws: PipelineProblem.self) { try DeadLetterReport(file, DeadLetterFilter(), show: lines.count) }
        let chosen = try DeadLetterReport(file, try DeadLetterFilter(["reason=schema_error"]), show: nil)
        #expect(chosen.reasons.count == 1)
        #expect(
            hexDump(Array("0123456789abcdefXYZ\u{7}".utf8), limit: 100) == """
                  00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|
                  00000010  58 59 5a 07                                       |XYZ.|

                """
        )
    }

    @Test func aWrongFilterOrLineIsNamed() throws {
        #expect(throws: PipelineProblem.self) { try DeadLetterFilter(["colour=red"]) }
        try Data("{}\n".utf8).write(to: URL(filePath: folder.file("x")))
        let problem = #expect(throws: PipelineProblem.self) {
            try DeadLetterReport(.file(folder.file("x")), DeadLetterFilter(), show: nil)
        }
        #expect(problem?.description == "line 1 is no dead letter")
        let tool = try Tool("dlq", "replay", "--dlq", folder.file("dead.jsonl"), "--dry-run", "--json")
        #expect(tool.code == 0)
        #expect(try JSONValue(parsing: Array(tool.out.utf8))["sent"]?.int == 20)
        #expect(try Tool("dlq", "replay", "--filter", "nonsense", "--dry-run").code == 64)
    }

    /// From the topic: bytes, key, headers, time and partition are the original's.
    @Test func whatIsSentBackIsTheOriginal() throws {
        let cluster = try MockCluster()
        for name in ["events", "dash-reinforce-dlq"] { try cluster.createTopic(name, partitions: 3) }
        var settings = Settings()
        settings.kafka.brokers = cluster.bootstrapServers
        let producer = try Producer(cluster.configuration)
        let prefix = "__dash_reinforce.errors."
        for number in 0..<6 {
            let reason = number < 4 ? "schema_error" : "decode_error"
            try producer.enqueue(
                topic: "dash-reinforce-dlq",
                partition: 0,
                key: Array("k\(number)".utf8),
                value: number == 1 ? nil : [0, 1, 2, UInt8(number)],
                headers: [
                    RecordHeader("traceparent", "00-\(number)"), RecordHeader("replay", "of long ago"),
                    RecordHeader(prefix + "topic", number == 3 ? "" : "events"),
                    RecordHeader(prefix + "partition", "2"), RecordHeader(prefix + "offset", "\(number)"),
                    RecordHeader(prefix + "timestamp", "\(1_700_000_000_000 + number)"),
                    RecordHeader(prefix + "reason", reason),
                ]
            )
        }
        try producer.close()
        let filter = try DeadLetterFilter(["reason=schema_error,other", "offset=0,1,3"])
        var replay = DeadLetterReplay(.topic(settings), filter, settings)
        replay.isDryRun = true
        #expect(try replay.run().sent == 2)
        #expect(try records(of: "events", settings).isEmpty)
        replay.isDryRun = false
        let result = try replay.run()
        #expect(result.read == 6 && result.chosen == 3 && result.sent == 2)
        #expect(result.homeless == ["schema_error": 1])
        let found = try records(of: "events", settings)
        #expect(found.map(\.partition) == [2, 2])
        #expect(found.map(\.value) == [[0, 1, 2, 0], nil])
        #expect(found.map(\.key) == [Array("k0".utf8), Array("k1".utf8)])
        #expect(found.map(\.timestamp) == [1_700_000_000_000, 1_700_000_000_001])
        #expect(
            found[1].headers == [
                RecordHeader("traceparent", "00-1"), RecordHeader("replay", "dash-reinforce-dlq[0] offset 1"),
            ]
        )
    }

    @Test func aFileIsSentBackToo() throws {
        let cluster = try MockCluster()
        try cluster.createTopic("dashstream-events", partitions: 4)
        var settings = Settings()
        settings.kafka.brokers = cluster.bootstrapServers
        let result = try DeadLetterReplay(file, DeadLetterFilter(), settings).run()
        #expect(result.sent == 20)
        let lines = try folder.lines("dead.jsonl")
        let found = try records(of: "dashstream-events", settings)
        #expect(found.count == lines.count)
        for record in found {
            let coded = record.value.map { Data($0).base64EncodedString() }
            #expect(
                lines.contains { $0["value_base64"]?.text == coded && $0["partition"]?.int == Int(record.partition) }
            )
        }
    }

    /// Batches and dead letters on a topic are read from its first record to where it ends.
    @Test func batchesOnATopicAreVerified() throws {
        let cluster = try MockCluster()
        try cluster.createTopic("reinforce", partitions: 2)
        let producer = try Producer(cluster.configuration)
        let lines = try folder.bytes("batches.jsonl").split(separator: UInt8(ascii: "\n"))
        for line in lines { try producer.enqueue(topic: "reinforce", partition: 1, key: nil, value: Array(line)) }
        try producer.close()
        var settings = Settings()
        settings.kafka.brokers = cluster.bootstrapServers
        let found = try Verification(try golden.options(), batches: .topic("reinforce"), settings: settings).run()
        let report = try #require(found)
        #expect(report.isProven, "\(report.text(limit: 5))")
        #expect(report.batches == lines.count)
        // what no record could hold is rightly not there
        var small = try golden.options()
        small.batches.maxBytes = 1
        try cluster.createTopic("empty")
        let none = try Verification(small, batches: .topic("empty"), settings: settings).run()
        #expect(none?.groups == 0)
    }

    private func records(of topic: String, _ settings: Settings) throws -> [LogRecord] {
        var found: [LogRecord] = []
        try LogSource.topics(TopicRange(settings.clientConfiguration(), topics: [topic])).forEach { found.append($0) }
        return found
    }
}
