import EmbeddedKafka
import Foundation
import JSON
import Kafka
import KafkaTestSupport
import Reinforce
import Settings
import TestSupport
import Testing

@testable import Inspection
@testable import Pipeline
@testable import Recordings
@testable import StoredBatches
@testable import Terminal

/// Batches as a person sees them.
@Suite(.waits) struct TailTests {
    private let plain = TextStyle(colours: false)

    private func groups(_ path: String, limit: Int = .max) throws -> [GroupBlock] {
        var found: [GroupBlock] = []
        _ = try BatchTail(Settings()).read(path, isStopping: { false }) { event in
            if case .group(let group) = event { found.append(group) }
            return found.count < limit
        }
        return found
    }

    @Test func everyGroupOfAFileIsShown() throws {
        let batches = try BatchFile()
        let found = try groups(batches.path)
        #expect(found.count == 63)
        let text = try #require(found.first).text(plain, width: 100)
        #expect(text.contains("example ex-"))
        #expect(text.contains("reward 1"))
        #expect(text.contains("advantage +"))
        #expect(text.contains("read  Node: "))
        #expect(text.contains("wrote "))
        for line in text.split(separator: "\n").dropFirst() { #expect(line.count <= 100, "\(line)") }
    }

    @Test func itEndsAfterAsManyGroupsAsWereAskedFor() throws {
        let batches = try BatchFile()
        #expect(try groups(batches.path, limit: 3).count == 3)
    }

    @Test(arguments: ["batches.pb", "batches.pb.zst", "batches.jsonl.zst"])
    func everyFormatIsRead(_ name: String) throws {
        let folder = try TemporaryFolder()
        var options = try GoldenCase.all[0].options(folder)
        options.output = folder.file(name)
        if name.contains(".pb") { options.batches.format = .protobuf }
        _ = try Replay(options).run()
        let found = try groups(folder.file(name))
        #expect(!found.isEmpty)
        #expect(found.allSatisfy { $0.text(plain, width: 80).contains("advantage") })
    }

    @Test func whatALogHoldsCannotDriveATerminal() throws {
        var batches = try BatchFile()
        let bad = "\u{1B}[2J\u{9B}31m\u{202E}evil\u{7}"
        batches.change(0, 0) { $0["example_id"] = .string(Text(bad)) }
        batches.change(0, 0, 0) { rollout in
            rollout["status"] = .string(Text(bad))
            guard case .array(let samples)? = rollout["samples"], case .object(var sample)? = samples.last else {
                return
            }
            sample["completion"] = .string(Text(bad + String(repeating: "x", count: 1 << 20) + "\nsecond"))
            rollout["samples"] = .array(Array(samples.dropLast()) + [.object(sample)])
        }
        try batches.write()
        let group = try #require(try groups(batches.path, limit: 1).first)
        let text = group.text(plain, width: 80)
        #expect(text.contains("evil"))
        for scalar in text.unicodeScalars where scalar != "\n" { #expect(!scalar.drivesTerminal) }
        #expect(text.utf8.count < 10_000)
        #expect(!String(decoding: group.json, as: UTF8.self).contains("\u{1B}"))
    }

    @Test func theJSONHasAnObjectAGroup() throws {
        let batches = try BatchFile()
        let group = try #require(try groups(batches.path, limit: 1).first)
        let value = try JSONValue(parsing: group.json)
        #expect(value["place"]?.text == "line 1")
        #expect(value["group"]?["rollouts"]?.list.isEmpty == false)
        #expect(value["tenant_id"]?.text == "acme")
    }

    @Test func whatIsNoBatchIsNamedAndPassedOver() throws {
        let batches = try BatchFile()
        let folder = try TemporaryFolder()
        let lines = try String(contentsOfFile: batches.path, encoding: .utf8)
        try Data(("{\"no\":1}\n" + lines + "{\"cut\":").utf8).write(to: URL(filePath: folder.file("b.jsonl")))
        let tool = try Tool("tail", "--input", folder.file("b.jsonl"), "--json")
        #expect(tool.code == 66)
        #expect(tool.out.split(separator: "\n").count == 63)
        #expect(tool.error.contains("line 1 is no batch"))
        #expect(tool.error.contains("is cut"))
        try Data("hello\n".utf8).write(to: URL(filePath: folder.file("c.jsonl")))
        #expect(try Tool("tail", "--input", folder.file("c.jsonl")).code == 65)
    }

    /// The topic has batches on several partitions; those that come while one looks are shown too.
    @Test func aTopicIsFollowed() throws {
        let cluster = try MockCluster()
        try cluster.createTopic("reinforce", partitions: 3)
        let client = ClientConfiguration(brokers: cluster.bootstrapServers)
        let batches = try BatchFile()
        let lines = try String(contentsOfFile: batches.path, encoding: .utf8).split(separator: "\n")
        let producer = try Producer(client)
        func send(_ line: Substring, _ partition: Int32) throws {
            try producer.enqueue(topic: "reinforce", partition: partition, key: nil, value: Array(line.utf8))
        }
        for (index, line) in lines.prefix(6).enumerated() { try send(line, Int32(index % 3)) }
        try producer.flush(milliseconds: 20_000)
        var settings = Settings()
        settings.kafka.brokers = cluster.bootstrapServers
        func count(_ lines: some Sequence<Substring>) throws -> Int {
            try lines.reduce(0) { $0 + (try StoredBatch(Array($1.utf8), "").groups.count) }
        }
        let before = try count(lines.prefix(6))
        let all = try count(lines.prefix(8))
        var seen = 0
        var following = 0
        let deadline = Date.patience
        try BatchTail(settings).follow("reinforce", from: .earliest, isStopping: { Date() > deadline }) { event in
            switch event {
            case .following(_, let partitions, _): following = partitions
            case .group:
                seen += 1
                if seen == before { for line in lines[6..<8] { try? send(line, 1) } }
            default: break
            }
            return seen < all
        }
        #expect(following == 3)
        #expect(seen == all)
        try producer.close()
        // from now on there is nothing
        var late = 0
        let end = Date(timeIntervalSinceNow: 2)
        try BatchTail(settings).follow("reinforce", from: .latest, isStopping: { Date() > end }) { event in
            if case .group = event { late += 1 }
            return true
        }
        #expect(late == 0)
    }

    @Test func withoutABrokerItSaysSo() throws {
        let tool = try Tool("tail", "--brokers", "localhost:1", "--groups", "1")
        #expect(tool.code == 69)
        #expect(tool.error.contains("no broker answers at localhost:1"))
    }
}
