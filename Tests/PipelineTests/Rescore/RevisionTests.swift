import Foundation
import JSON
import Settings
import TestSupport
import Testing

@testable import Pipeline
@testable import Problems
@testable import Reinforce
@testable import StoredBatches
@testable import Verification

/// `replay --only-failed`: what failed is scored again, what did not stays as it was.
@Suite struct RevisionTests {
    private let folder: TemporaryFolder
    private var options: ReplayOptions

    /// Three groups: `g0` lacks a reward, `g1` lacks all but one, `g2` is whole.
    init() throws {
        folder = try TemporaryFolder()
        var trace = Trace()
        for group in 0..<3 {
            for slot in 0..<3 {
                let lacks = group == 0 ? slot == 1 : group == 1 ? slot > 0 : false
                trace.thread(
                    "g\(group)-r\(slot)",
                    example: "e0",
                    group: "g\(group)",
                    slot: slot,
                    of: 3,
                    answer: slot == 0 ? "a0" : "b",
                    reward: lacks ? nil : Double(slot)
                )
            }
        }
        try trace.write(folder.file("run"))
        let (table, _) = ExampleTable.read(
            lines: Array(#"{"example_id":"e0","data":{"question":"q","answer":"a0"},"input_keys":["question"]}"#.utf8)
        )
        options = ReplayOptions(input: folder.file("run"), examples: table, estimator: .dashflow)
        options.stage.rewards.components = [
            .init(name: "judge", weight: 1, kind: .traceAttribute(name: "judge"))
        ]
        options.output = folder.file("b1")
        options.ledger = folder.file("l1")
        _ = try Replay(options).run()
    }

    /// The judge answers now, and would answer otherwise than before.
    private func redone(_ fallback: Double = 7) throws -> ReplaySummary {
        var again = options
        again.stage.rewards.components[0].kind = .traceAttribute(name: "never there")
        again.stage.rewards.components[0].fallback = fallback
        again.output = folder.file("b2")
        again.ledger = folder.file("l2")
        again.redo(
            try Revisions.read(ledger: folder.file("l1"), batches: .file(folder.file("b1")), settings: Settings())
        )
        return try Replay(again).run().summary
    }

    @Test func onlyFailedThreadsGetOtherRewards() throws {
        _ = try redone()
        var rewards: [String: Double?] = [:]
        for line in try folder.lines("l2") { rewards[line["thread_id"]?.text ?? ""] = line["reward"]?.number }
        #expect(
            rewards == [
                "g0-r0": 0, "g0-r1": 7, "g0-r2": 2, "g1-r0": 0, "g1-r1": 7, "g1-r2": 7, "g2-r0": 0, "g2-r1": 1,
                "g2-r2": 2,
            ]
        )
    }

    @Test func revisedGroupsNameWhatTheySupersede() throws {
        let before = try folder.lines("b1").flatMap { $0["groups"]?.list ?? [] }
        #expect(before.compactMap { $0["group_id"]?.text }.sorted() == ["g0", "g2"])
        let summary = try redone()
        #expect(summary.imbalance == nil)
        let after = try folder.lines("b2").flatMap { $0["groups"]?.list ?? [] }
        #expect(after.compactMap { $0["group_id"]?.text }.sorted() == ["g0", "g1"])
        let g0 = try #require(after.first { $0["group_id"]?.text == "g0" })
        #expect(g0["revision"]?.int == 1)
        #expect(g0["supersedes"] == before.first { $0["group_id"]?.text == "g0" }?["digest"])
        #expect(g0["supersedes"] != g0["digest"])
        // too few of its rewards were there: it was never written, so it takes nothing's place
        let g1 = try #require(after.first { $0["group_id"]?.text == "g1" })
        #expect(g1["revision"]?.int == 0)
        #expect(g1["supersedes"] == .null)
    }

    @Test func whatStillFailsIsNotRevised() throws {
        var again = options
        again.output = folder.file("b2")
        again.redo(
            try Revisions.read(ledger: folder.file("l1"), batches: .file(folder.file("b1")), settings: Settings())
        )
        #expect(try Replay(again).run().summary.batches == 0)
    }

    @Test func aRevisionNeedsTheDigestOfWhatWasWritten() throws {
        let problem = #expect(throws: PipelineProblem.self) {
            try Revisions.read(ledger: folder.file("l1"), batches: nil, settings: Settings())
        }
        #expect(problem?.description.contains("1 groups with failed or late rewards were written before (g0)") == true)
        #expect(problem?.kind == .data)
    }

    @Test func aBrokenLedgerIsNamedByItsLines() throws {
        try Data("{\"x\":1}\nnothing\n".utf8).write(to: URL(filePath: folder.file("l1")))
        let problem = #expect(throws: PipelineProblem.self) {
            try Revisions.read(ledger: folder.file("l1"), batches: nil, settings: Settings())
        }
        #expect(problem?.description.contains("l1 line 1 is no line of a ledger") == true)
        #expect(problem?.description.contains("l1 line 2 is no line of a ledger") == true)
    }

    /// Old and new batches in one file: the revision stands for both.
    @Test func revisionsAreVerifiedInPlaceOfWhatTheySupersede() throws {
        _ = try redone()
        let both = try folder.bytes("b1") + folder.bytes("b2")
        try Data(both).write(to: URL(filePath: folder.file("both")))
        var again = options
        again.stage.rewards.components[0].fallback = 7
        let found = try Verification(again, batches: .file(folder.file("both")), settings: Settings()).run()
        let report = try #require(found)
        #expect(report.superseded == 1)
        #expect(report.verified == 3)
        #expect(report.groups == 3)
        #expect(report.isProven, "\(report.text())")
    }
}
