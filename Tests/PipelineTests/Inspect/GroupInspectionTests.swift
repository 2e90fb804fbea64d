import Foundation
import JSON
import Settings
import TestSupport
import Testing

@testable import Inspection
@testable import Pipeline
@testable import Reinforce
@testable import StoredBatches
@testable import Terminal

/// One group or batch as a person would want to read it.
@Suite struct GroupInspectionTests {
    private let golden = GoldenCase.all[0]
    private let plain = TextStyle(colours: false)

    @Test func aGroupShowsItsMembersAndWhoIsMissing() throws {
        let ledger = try JSONValue.lines(of: golden)
        let names = Set(ledger.compactMap { $0["group_id"]?.text }).sorted()
        for name in [
            names[0], names[names.count / 2],
            try #require(ledger.first { $0["reason"]?.text == "conflicting_slot" }?["group_id"]?.text),
        ] {
            let reports = try #require(try GroupInspection(try golden.options()).groups(name))
            for report in reports {
                let json = try JSONValue(parsing: report.json)
                let own = ledger.filter {
                    $0["group_id"]?.text == name && $0["tenant_id"]?.text == report.key.tenant.string
                }
                #expect(json["threads"]?.list.count == own.count)
                for thread in json["threads"]?.list ?? [] {
                    let line = try #require(own.first { $0["thread_id"] == thread["thread_id"] })
                    for field in ["reward", "advantage", "fate", "reason", "rollout_index"] as [Text] {
                        #expect(thread[field] == line[field], "\(field)")
                    }
                }
                #expect(report.text(plain).contains("group \(name)"))
            }
        }
        #expect(try GroupInspection(try golden.options()).groups("nobody's")?.isEmpty == true)
    }

    @Test func slotsThatNobodyClaimsAreNamed() throws {
        let folder = try TemporaryFolder()
        var trace = Trace()
        for slot in [0, 2] {
            trace.thread("r\(slot)", example: "e0", group: "g", slot: slot, of: 4, answer: "a\(slot)")
        }
        try trace.write(folder.file("run"))
        let (table, _) = ExampleTable.read(
            lines: Array(#"{"example_id":"e0","data":{"question":"q","answer":"a0"},"input_keys":["question"]}"#.utf8)
        )
        let options = ReplayOptions(input: folder.file("run"), examples: table, estimator: .dashflow)
        let report = try #require(try GroupInspection(options).groups("g")?.first)
        #expect(report.unclaimed == [1, 3])
        #expect(report.text(plain).contains("no thread claims this slot"))
        #expect(report.text(plain).contains("closed by flush"))
    }

    @Test func aBatchIsFoundByItsIdAndShowsWhereItComesFrom() throws {
        let folder = try TemporaryFolder()
        _ = try Replay(try golden.options(folder)).run()
        let batch = try #require(try folder.lines("batches.jsonl").last)
        let id = try #require(batch["batch_id"]?.text)
        let source = BatchSource.file(folder.file("batches.jsonl"))
        let report = try #require(try BatchReport.find(String(id.prefix(10)), in: source, Settings()).first)
        #expect(try JSONValue(parsing: report.json)["batch"] == batch)
        let text = report.text(plain)
        let from = try #require(batch["groups"]?.list[0]["rollouts"]?.list[0]["source"]?.list[0])
        let offsets = "offsets \(from["first_offset"]?.int ?? -1) to \(from["last_offset"]?.int ?? -1)"
        #expect(text.contains("dashstream-events[\(from["partition"]?.int ?? -1)] \(offsets)"))
        let digest = try #require(batch["groups"]?.list[0]["digest"]?.text)
        #expect(try BatchReport.find(digest, in: source, Settings()).count == 1)
        #expect(try BatchReport.find("ffffffffffff", in: source, Settings()).isEmpty)
        let tool = try Tool("inspect", "batch", String(id.prefix(8)), "--batches", folder.file("batches.jsonl"))
        #expect(tool.code == 0)
        #expect(tool.out == text)
        #expect(try Tool("inspect", "batch", "nothex", "--batches", "x").code == 64)
    }

    @Test func aCheckpointIsDecoded() throws {
        let entry = OpenEntry(first: .init(offset: 7, index: 1))
        let text = Checkpoint(position: 42, streamTime: 1000, entries: [entry]).text(group: "app", committed: 42)
        let report = CheckpointReport(text: text, group: "app", offset: 42)
        let json = try JSONValue(parsing: report.json)["checkpoint"]
        #expect(json?["position"]?.int == 42)
        #expect(json?["stream_time_ms"]?.int == 1000)
        #expect(json?["low"]?.int == 7)
        #expect(json?["open"]?.int == 1)
        #expect(CheckpointReport(text: String(text.dropLast(3)), group: "app", offset: 42).problem != nil)
        #expect(try Tool("inspect", "checkpoint", text, "--offset", "42", "--set", "app_id=app").code == 0)
        #expect(try Tool("inspect", "checkpoint", "nothing").code == 65)
        #expect(try Tool("inspect", "checkpoint").code == 64)
    }
}

extension JSONValue {
    /// The ledger of a golden run.
    static func lines(of golden: GoldenCase) throws -> [JSONValue] {
        let folder = try TemporaryFolder()
        _ = try Replay(try golden.options(folder)).run()
        return try folder.lines("ledger.jsonl")
    }
}
