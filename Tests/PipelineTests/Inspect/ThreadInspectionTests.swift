import DashStream
import Foundation
import JSON
import TestSupport
import Testing

@testable import Inspection
@testable import Pipeline
@testable import Reinforce
@testable import Terminal

/// One thread, told message by message.
@Suite struct ThreadInspectionTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A copy of the recording, so that no index is left beside the golden one.
    private func copy(_ golden: GoldenCase) throws -> String {
        let path = folder.file("run.dsrun")
        try Data(contentsOf: URL(filePath: golden.recording)).write(to: URL(filePath: path))
        return path
    }

    @Test(arguments: [GoldenCase.all[2], GoldenCase.all[6]])
    func whatIsToldIsWhatIsExpected(_ golden: GoldenCase) throws {
        let path = try copy(golden)
        let inspection = ThreadInspection(.recording(path), try golden.options())
        let threads = try Fixture.json("golden/\(golden.folder)/\(golden.expected)")["threads"]?.list ?? []
        var nodes = 0
        for (number, thread) in threads.enumerated() {
            let id = thread["thread_id"]?.text ?? ""
            let isOdd = thread["missing_sequences"]?.list.isEmpty == false || thread["duplicates"]?.int ?? 0 > 0
            guard number.isMultiple(of: 9) || isOdd && number.isMultiple(of: 2), !id.hasPrefix("newproc") else {
                continue
            }
            let reports = try inspection.run(id, tenant: thread["tenant_id"]?.text)
            try #require(reports.count == 1, "\(id)")
            let (report, ledger) = (reports[0], try #require(reports[0].ledger))
            #expect(ledger.outcome.rawValue == thread["outcome"]?.text, "\(id)")
            #expect(ledger.duplicates == thread["duplicates"]?.int, "\(id)")
            #expect(report.entries.reduce(0) { $0 + $1.duplicates.count } == thread["duplicates"]?.int, "\(id)")
            #expect(ledger.late == thread["late"]?.int, "\(id)")
            let missing = report.entries.reduce(0) { $0 + Int($1.missingBefore) }
            if ledger.late == 0 { #expect(missing == thread["missing_sequences"]?.list.count, "\(id)") }
            if let digest = thread["final_state_sha256"]?.text, ledger.late == 0 {
                #expect(sha256(Array((report.finalState ?? "").utf8)).hexadecimal == digest, "\(id)")
            }
            for node in thread["nodes"]?.list ?? [] where node["outputs"] != nil && ledger.late == 0 {
                let told = report.entries.first {
                    $0.kind == "node_end" && $0.node == node["node_id"]?.text
                        && Int($0.sequence) == node["end_sequence"]?.int
                }
                var outputs = JSONObject()
                for change in told?.changes ?? [] {
                    guard let after = change.after else { continue }
                    let name = try JSONValue(parsing: Array("\"\(change.field)\"".utf8)).text ?? ""
                    outputs[Text(name)] = try JSONValue(parsing: Array(after.utf8))
                }
                #expect(.object(outputs) == node["outputs"], "\(id)")
                nodes += 1
            }
            #expect(try JSONValue(parsing: report.json)["messages"]?.list.count == report.entries.count)
        }
        #expect(nodes > 50)
    }

    @Test func ofAnIdThatTwoTenantsHaveBothAreTold() throws {
        var trace = Trace()
        for tenant in ["a", "b"] {
            trace.thread("same", example: "e0", group: "g", slot: 0, of: 1, answer: tenant, tenant: tenant)
        }
        try trace.write(folder.file("run"))
        let options = ReplayOptions(input: folder.file("run"), examples: ExampleTable(), estimator: .dashflow)
        let inspection = ThreadInspection(.recording(folder.file("run")), options)
        let both = try inspection.run("same")
        #expect(both.map(\.key.tenant.string) == ["a", "b"])
        #expect(both.map { $0.entries.count } == [5, 5])
        #expect(both[1].text(TextStyle(colours: false)).contains("answer: + \"b\""))
        #expect(both[0].text(TextStyle(colours: false)).contains("no examples were given"))
        #expect(try inspection.run("same", tenant: "b").count == 1)
        #expect(try inspection.run("nobody").isEmpty)
    }

    @Test func gapsDuplicatesAndBrokenStatesAreShown() throws {
        var trace = Trace()
        trace.thread("t", example: "e0", group: "g", slot: 0, of: 1, answer: "a")
        // the first node's end is lost, the diff comes twice, and then one that no state has
        let diff = trace.recording.records[2]
        trace.append("t", diff.payload)
        trace.append("t", .stateDiff(trace.header("t", 7), operations: [], hash: Array(repeating: 0, count: 32)))
        try trace.write(folder.file("run"))
        let options = ReplayOptions(input: folder.file("run"), examples: ExampleTable(), estimator: .dashflow)
        let report = try #require(try ThreadInspection(.recording(folder.file("run")), options).run("t").first)
        #expect(report.entries.map(\.kind).filter { $0 != "node_start" }.first == "graph_start")
        #expect(report.entries[2].duplicates.count == 1)
        #expect(report.entries.last?.standing == .late)
        let text = report.text(TextStyle(colours: false))
        #expect(text.contains("again @"))
        #expect(text.contains("late: above the terminator"))
        #expect(!text.contains("\u{1B}"))
        #expect(report.text(TextStyle(colours: true)).contains("\u{1B}[1m"))
    }

    @Test func controlCharactersOfALogNeverReachTheTerminal() {
        #expect(printable("a\u{1B}[2Jb\n") == "a\\u{1b}[2Jb\\u{a}")
        #expect(printable("äöü", limit: 2) == "äö…")
        #expect(clock(0) == "1970-01-01T00:00:00.000000Z")
        #expect(clock(1_763_683_200_188_001) == "2025-11-21T00:00:00.188001Z")
        #expect(clock(951_827_696_000_000) == "2000-02-29T12:34:56.000000Z")
        #expect(clock(-1) == "1969-12-31T23:59:59.999999Z")
    }

    @Test func theProgramTellsAThreadWithItsFate() throws {
        let path = try copy(GoldenCase.all[0])
        let examples = Fixture.path("golden/run/examples.jsonl")
        let tool = try Tool("inspect", "thread", "grpo-g001-r0", "--input", path, "--examples", examples, "--fate")
        #expect(tool.code == 0)
        #expect(tool.out.contains("paired with example ex-0001, group g-001, slot 0 of 4"))
        #expect(tool.out.contains("reward 1 (match 1), advantage 0.5, fate: trained"))
        #expect(try Tool("inspect", "thread", "nobody", "--input", path).code == 66)
        #expect(try Tool("inspect", "thread", "--input", path).code == 64)
        #expect(try Tool("inspect").code == 64)
    }
}
