import EmbeddedKafka
import Foundation
import Kafka
import TestSupport
import Testing

@testable import Files
@testable import Pipeline
@testable import Recordings

/// `simulate` and `demo` as programs.
@Suite(.waits) struct SimulateTests {
    @Test func aFileIsTheSameForTheSameCommand() throws {
        let folder = try TemporaryFolder()
        for name in ["a", "b"] {
            let tool = try Tool(
                "simulate",
                "--out",
                folder.file(name),
                "--threads",
                "40",
                "--poison",
                "0.1",
                "--rate",
                "50"
            )
            #expect(tool.code == 0)
        }
        #expect(try folder.bytes("a") == folder.bytes("b"))
        #expect(try Tool("simulate", "--out", folder.file("c"), "--threads", "40", "--run", "x").code == 0)
        #expect(try folder.bytes("a") != folder.bytes("c"))
        #expect(try Tool("simulate", "--out", folder.file("d"), "--late", "1.5").code == 64)
        #expect(try Tool("simulate", "--out", folder.file("d"), "--run", "a b").code == 64)
    }

    /// Keys and times of the records of a topic.
    private func records(_ topics: TopicFixture) throws -> (keys: Set<String>, times: [Int64]) {
        let reader = try TopicReader(topics.range(["dashstream-events"]), memory: 1 << 24)
        var batch = RecordBatch()
        var (keys, times): (Set<String>, [Int64]) = ([], [])
        for partition in reader.partitions {
            while !partition.isDone {
                _ = try partition.read(into: &batch, limit: .max, milliseconds: 100) { record in
                    times.append(record.timestamp)
                    if let key = record.key { keys.insert(String(decoding: [UInt8](key), as: UTF8.self)) }
                }
            }
        }
        return (keys, times)
    }

    @Test func everyRunHasIDsAndTimesOfItsOwn() throws {
        let topics = try TopicFixture()
        try topics.create("dashstream-events", partitions: 2)
        let brokers = topics.client[.brokers] ?? ""
        let began = Int64(Date().timeIntervalSince1970 * 1000)
        for _ in 0..<2 {
            let tool = try Tool("simulate", "--brokers", brokers, "--threads", "16", "--rate", "2000", "--seed", "7")
            #expect(tool.code == 0, "\(tool.error)")
            #expect(tool.error.contains("run "))
        }
        let ended = Int64(Date().timeIntervalSince1970 * 1000)
        let (keys, times) = try records(topics)
        #expect(keys.count == 32)
        #expect(times.allSatisfy { ($0 >= began && $0 <= ended) })
        for _ in 0..<2 {
            #expect(try Tool("simulate", "--brokers", brokers, "--threads", "16", "--run", "again").code == 0)
        }
        #expect(try records(topics).keys.count == 48)
    }

    /// The whole way, with processors beside it, is what scripts/compose-check looks at.
    @Test func learningNeedsATopicOfBatches() throws {
        let folder = try TemporaryFolder()
        let file = try Tool("simulate", "--out", folder.file("run"), "--learn", "reinforce")
        #expect(file.code == 64)
        #expect(file.error.contains("--learn") && file.error.contains("--brokers"))
        #expect(!FileManager.default.fileExists(atPath: folder.file("run")))
        let topics = try TopicFixture()
        try topics.create("dashstream-events", partitions: 2)
        let brokers = topics.client[.brokers] ?? ""
        #expect(try Tool("simulate", "--brokers", brokers, "--learn", "no such topic").code == 64)
        let nobody = try Tool("simulate", "--brokers", "localhost:1", "--learn", "reinforce", "--threads", "8")
        #expect(nobody.code == 69, "\(nobody.error)")
    }

    @Test func aRunHasAsManyTasksAsItIsTold() throws {
        let folder = try TemporaryFolder()
        #expect(try Tool("simulate", "--out", folder.file("run"), "--threads", "64", "--tasks", "3").code == 0)
        let lines = try String(contentsOfFile: folder.file("run.examples.jsonl"), encoding: .utf8).split(
            separator: "\n"
        )
        #expect(lines.count == 3)
        #expect(try Tool("simulate", "--out", folder.file("other"), "--tasks", "0").code == 64)
    }

    @Test func everythingThatCanBeMadeIsMade() throws {
        let folder = try TemporaryFolder()
        let tool = try Tool(
            "simulate",
            "--out",
            folder.file("run"),
            "--threads",
            "160",
            "--poison",
            "0.01",
            "--late",
            "0.2",
            "--unpaired",
            "0.05",
            "--incomplete",
            "0.05",
            "--unknown-examples",
            "0.2",
            "--duplicates",
            "0.1"
        )
        #expect(tool.code == 0)
        let replay = try Tool(
            "replay",
            "--input",
            folder.file("run"),
            "--examples",
            folder.file("run.examples.jsonl"),
            "--json",
            "--quiet"
        )
        #expect(replay.code == 0)
        for (name, reasons) in [
            ("excluded", ["unpaired", "unknown_example", "incomplete"]),
            ("poison", ["decode_error", "decompression_error", "schema_error", "invalid_format", "io_error"]),
        ] {
            let part = replay.out.components(separatedBy: "\"\(name)\":{").last?.prefix { $0 != "}" } ?? ""
            for reason in reasons { #expect(part.contains("\"\(reason)\":"), "\(name) \(reason): \(replay.out)") }
        }
        #expect(!replay.out.contains("\"late\":0"))
        #expect(!replay.out.contains("\"duplicates\":0"))
    }

    /// Piped: no escapes, 60 columns, and what to do next.
    @Test func theDemoFitsADumbTerminal() throws {
        let tool = try Tool("demo", "--rounds", "2")
        #expect(tool.code == 0, "\(tool.error)")
        #expect(!tool.out.contains("\u{1B}"))
        for line in tool.out.split(separator: "\n") { #expect(line.count <= 60, "\(line)") }
        #expect(tool.out.contains("round  1/2  reward 0."))
        #expect(tool.out.contains("What to try next"))
        #expect(tool.out.components(separatedBy: "\n  dash-reinforce ").count == 4)
    }

    @Test func aDemoBesideNoKafkaSaysSo() throws {
        let tool = try Tool("demo", "--brokers", "localhost:1", "--rounds", "1")
        #expect(tool.code == 69)
        #expect(tool.error.contains("no broker answers at localhost:1"))
    }
}
