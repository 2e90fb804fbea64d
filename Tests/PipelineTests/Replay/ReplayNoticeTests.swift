import Foundation
import Reinforce
import TestSupport
import Testing

@testable import Pipeline

/// A replay says what was lost, why, and what to do.
@Suite struct ReplayNoticeTests {
    private func tally(_ golden: GoldenCase, _ change: (inout ReplayOptions) -> Void = { _ in }) throws -> (
        tally: NoticeTally, summary: ReplaySummary
    ) {
        let folder = try TemporaryFolder()
        var options = try golden.options(folder)
        change(&options)
        let replay = Replay(options)
        var tally = NoticeTally()
        replay.onNotices = { tally.add($0) }
        let summary = try replay.run().summary
        return (tally, summary)
    }

    @Test(arguments: [1 << 30, 1 << 20])
    func everyReasonIsToldAsOftenAsItIsCounted(_ budget: Int) throws {
        let (tally, summary) = try tally(GoldenCase.all[0]) { $0.memoryBudget = budget }
        #expect(!summary.excluded.isEmpty && !summary.stage.poison.isEmpty && summary.late > 0)
        for reason in ExclusionReason.allCases {
            #expect(tally.count(.excluded(reason)) == summary.excluded[reason, default: 0], "\(reason)")
        }
        for (reason, count) in summary.stage.poison { #expect(tally.count(.deadLetter(reason)) == count) }
        #expect(tally.count(.late) == summary.late)
        #expect(tally.count(.foreignKey) == summary.assembly.foreignKey)
        for (reason, entry) in tally.entries { #expect(entry.sample?.facts.isEmpty == false, "\(reason)") }
    }

    /// The examples of 200 of 1,000 rollouts are missing: the reason, one of them, and what to do, at once.
    @Test func whoForgotExamplesSeesItAtOnce() throws {
        let folder = try TemporaryFolder()
        let (run, examples) = (folder.file("run.dsrun"), folder.file("run.dsrun.examples.jsonl"))
        let made = try Tool(
            "simulate",
            "--out",
            run,
            "--threads",
            "512",
            "--unknown-examples",
            "0.22",
            "--seed",
            "3"
        )
        #expect(made.code == 0)
        #expect(try String(contentsOfFile: examples, encoding: .utf8).split(separator: "\n").count == 50)
        let tool = try Tool("replay", "--input", run, "--examples", examples, "--out", folder.file("b.jsonl"))
        #expect(tool.code == 0)
        #expect(
            tool.error.contains(
                "warning: 112 threads, excluded: unknown_example: the example that the thread names is not among the "
                    + "training examples\n  first: thread sum-0050-"
            )
        )
        #expect(tool.error.contains("example sum-0050"))
        #expect(tool.error.contains("→ add it to `examples.file`"))
        #expect(try Tool("replay", "--input", run, "--examples", examples, "--quiet").error.isEmpty)
    }

    @Test func timesThatAreNotBelievedAreNamed() throws {
        var trace = Trace()
        for slot in 0..<2 { trace.thread("t\(slot)", example: "e", group: "g", slot: slot, of: 2, answer: "a") }
        let folder = try TemporaryFolder()
        try trace.write(folder.file("run.dsrun"))
        let examples = ExampleTable.read(
            lines: Array(#"{"example_id":"e","data":{"question":"q","answer":"a"},"input_keys":["question"]}"#.utf8)
        ).table
        var options = ReplayOptions(input: folder.file("run.dsrun"), examples: examples, estimator: .dashflow)
        options.asOf = 1_600_000_000_000
        let replay = Replay(options)
        var tally = NoticeTally()
        replay.onNotices = { tally.add($0) }
        _ = try replay.run()
        #expect(tally.count(.clampedTime) == 10)
        #expect(tally.entries[.clampedTime]?.sample?.facts.first?.text.hasPrefix("t") == true)
    }
}
