import DashStream
import Foundation
import JSON
import TestSupport
import Testing

@testable import Pipeline
@testable import Reinforce

/// One test for each fault of the system that this one replaces (M-880, the deviation, is with the estimators).
@Suite struct AuditTests {
    private static func table(_ count: Int) throws -> ExampleTable {
        let lines = (0..<count).map {
            #"{"example_id":"e\#($0)","data":{"question":"q","answer":"a\#($0)"},"input_keys":["question"]}"#
        }
        let (table, problems) = ExampleTable.read(lines: Array(lines.joined(separator: "\n").utf8))
        #expect(problems.isEmpty)
        return table
    }

    private func replay(_ trace: Trace, examples: Int, _ change: (inout ReplayOptions) -> Void = { _ in }) throws
        -> (summary: ReplaySummary, batches: [JSONValue], ledger: [JSONValue])
    {
        let folder = try TemporaryFolder()
        try trace.write(folder.file("run.dsrun"))
        var options = ReplayOptions(
            input: folder.file("run.dsrun"),
            examples: try Self.table(examples),
            estimator: .dashflow
        )
        options.output = folder.file("b")
        options.ledger = folder.file("l")
        change(&options)
        let summary = try Replay(options).run().summary
        #expect(summary.imbalance == nil)
        return (summary, try folder.lines("b"), try folder.lines("l"))
    }

    /// It paired threads with examples by position.
    @Test func m875ThreadsFindTheirExampleByKey() throws {
        var trace = Trace()
        // in another order than the examples, and the right answer only for the example that is named
        for index in [2, 0, 1] {
            for slot in [1, 0] {
                trace.thread(
                    "x\(index)-\(slot)",
                    example: "e\(index)",
                    group: "g\(index)",
                    slot: slot,
                    of: 2,
                    answer: slot == 0 ? "a\(index)" : "no"
                )
            }
        }
        let ledger = try replay(trace, examples: 3).ledger
        #expect(ledger.count == 6)
        for line in ledger {
            let thread = line["thread_id"]?.text ?? ""
            #expect(line["example_id"]?.text == "e\(thread.dropFirst().prefix(1))")
            #expect(line["reward"]?.number == (thread.hasSuffix("0") ? 1 : 0))
        }
    }

    /// It dropped the examples behind the last whole batch from normalisation.
    @Test func m876WhatIsLeftOverIsNormalisedAndWrittenToo() throws {
        var trace = Trace()
        for index in 0..<5 {
            for slot in 0..<3 {
                trace.thread(
                    "x\(index)-\(slot)",
                    example: "e\(index)",
                    group: "g\(index)",
                    slot: slot,
                    of: 3,
                    answer: slot == 0 ? "a\(index)" : "no"
                )
            }
        }
        let (summary, batches, ledger) = try replay(trace, examples: 5) { $0.batches.groupsPerBatch = 4 }
        #expect(batches.map { $0["groups"]?.list.count } == [4, 1])
        #expect(batches.last?["partial"]?.flag == true)
        #expect(summary.fates == [.trained: 15])
        #expect(ledger.allSatisfy { $0["advantage"]?.number.map { $0 != 0 } == true })
    }

    /// It did not validate its training set.
    @Test func m877TheTrainingSetIsValidatedBeforeAnythingIsRead() throws {
        let folder = try TemporaryFolder()
        let text = """
            {"example_id":"a","data":{"q":1,"x":2},"input_keys":["q"]}
            {"example_id":"a","data":{"q":1,"x":2},"input_keys":["q"]}
            {"data":{}}
            {"example_id":"b","data":{"q":1},"input_keys":["missing"]}
            {"example_id":"c","data":{"q":1},"input_keys":["q"]}
            not json
            """
        try Data(text.utf8).write(to: URL(filePath: folder.file("e")))
        let tool = try Tool("replay", "--input", "none", "--examples", folder.file("e"))
        #expect(tool.code == 65)
        for line in ["line 2", "line 3", "line 4", "line 6", "`c` has no label"] {
            #expect(tool.error.contains(line), "\(line)")
        }
    }

    /// It went on silently with empty steps.
    @Test func m878NoBatchAtAllIsAnError() throws {
        let folder = try TemporaryFolder()
        var trace = Trace()
        trace.thread("x", example: "unknown", group: "g", slot: 0, of: 2, answer: "a")
        try trace.write(folder.file("run"))
        let line = #"{"example_id":"e","data":{"question":"q","answer":"a"},"input_keys":["question"]}"#
        try Data(line.utf8).write(to: URL(filePath: folder.file("e")))
        let tool = try Tool(
            "replay",
            "--input",
            folder.file("run"),
            "--examples",
            folder.file("e"),
            "--set",
            "batches.allow_repeats=true"
        )
        #expect(tool.code == 65)
        #expect(tool.error.contains("5 records gave no batch"))
        #expect(tool.error.contains("unknown_example"))
    }

    /// It ordered the fields of a prompt at random.
    @Test func m879FieldsOfAPromptAreInKeyOrder() throws {
        var trace = Trace()
        let extra: [(Text, JSONValue)] = [
            ("zeta", .integer(1)), ("alpha", .integer(2)), ("Beta", .integer(3)), ("é", .integer(4)),
        ]
        for slot in 0..<2 {
            trace.thread("x\(slot)", example: "e0", group: "g", slot: slot, of: 2, answer: "a\(slot)", extra: extra)
        }
        let batches = try replay(trace, examples: 1).batches
        let sample = batches.first?["groups"]?.list.first?["rollouts"]?.list.first?["samples"]?.list.first
        #expect(sample?["prompt"]?.list.first?["content"]?.text == "Node: n\nquestion: q")
        #expect(sample?["completion"]?.text == "Beta: 3\nalpha: 2\nanswer: a0\nzeta: 1\né: 4")
    }

    /// It cloned all its data: what open threads hold is what came in, once, and less than a block's waste each.
    @Test func m881OpenThreadsHoldTheirBytesOnce() throws {
        var stage = ThreadStage(ThreadStageConfiguration(), mode: .live, examples: ExampleTable())
        var trace = Trace()
        var bytes = 0
        for thread in 0..<200 {
            for sequence in 1...20 {
                let header = trace.header("thread-\(thread)", UInt64(sequence))
                let frame = FrameEncoder(threshold: .max).encode(
                    .event(
                        header,
                        type: 20,
                        node: "n",
                        attributes: [("text", .string(String(repeating: "x", count: 300)))]
                    )
                )
                bytes += frame.count
                let position = RecordPosition(partition: 0, offset: Int64(thread * 20 + sequence), timestamp: 1000)
                unsafe #expect(stage.receive(key: nil, value: frame.span.bytes, at: position) == nil)
            }
        }
        #expect(stage.openThreads == 200)
        #expect(stage.openBytes < bytes + 200 * 256)
    }
}
