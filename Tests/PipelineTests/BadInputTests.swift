import DashStream
import Foundation
import JSON
import TestSupport
import Testing

@testable import Files
@testable import Pipeline
@testable import Reinforce

/// Bad input gets one clear message, and nothing is lost.
@Suite struct BadInputTests {
    private let examples = Fixture.path("golden/run/examples.jsonl")
    private let run = Fixture.path("golden/run/run.dsrun")

    private func replay(_ trace: Trace) throws -> (summary: ReplaySummary, ledger: [JSONValue], dead: [JSONValue]) {
        let folder = try TemporaryFolder()
        try trace.write(folder.file("run"))
        let (table, _) = ExampleTable.read(
            lines: Array(#"{"example_id":"e0","data":{"question":"q","answer":"a0"},"input_keys":["question"]}"#.utf8)
        )
        var options = ReplayOptions(input: folder.file("run"), examples: table, estimator: .dashflow)
        options.ledger = folder.file("l")
        options.deadLetters = folder.file("d")
        let summary = try Replay(options).run().summary
        #expect(summary.imbalance == nil)
        return (summary, try folder.lines("l"), try folder.lines("d"))
    }

    @Test func aMissingFileIsNamed() throws {
        let tool = try Tool("replay", "--input", "/nowhere/x.dsrun", "--examples", examples)
        #expect(tool.code == 66)
        #expect(tool.error.contains("/nowhere/x.dsrun"))
    }

    @Test func whatIsNoRecordingIsRefused() throws {
        let tool = try Tool("replay", "--input", examples, "--examples", examples)
        #expect(tool.code == 66)
        #expect(tool.error.contains("not a recording"))
    }

    @Test func ofACutFileWhatIsWholeIsProcessed() throws {
        let folder = try TemporaryFolder()
        let bytes = try Fixture.bytes("golden/run/run.dsrun")
        try Data(bytes.prefix(500_000)).write(to: URL(filePath: folder.file("cut")))
        let tool = try Tool(
            "replay",
            "--input",
            folder.file("cut"),
            "--examples",
            examples,
            "--out",
            folder.file("b"),
            "--ledger",
            folder.file("l")
        )
        #expect(tool.code == 66)
        #expect(tool.error.contains("begins at byte 499919 is not whole; the 2082 records before it were processed"))
        #expect(try folder.lines("b").count > 0)
        #expect(try folder.lines("l").count == 129)
    }

    /// Version 2 and compressed files are cut at other places; what is whole is processed as well.
    @Test(arguments: [false, true])
    func ofACutFileOfVersionTwoWhatIsWholeIsProcessed(_ isCompressed: Bool) throws {
        let folder = try TemporaryFolder()
        let plain = try Recording(run).version2()
        let frames = stride(from: 0, to: plain.count, by: 200_000).flatMap {
            ZstdWriter().frame(Array(plain[$0..<min(plain.count, $0 + 200_000)]))
        }
        let bytes = isCompressed ? Array(frames.dropLast(frames.count / 2)) : Array(plain.prefix(500_000))
        try Data(bytes).write(to: URL(filePath: folder.file("cut")))
        let tool = try Tool(
            "replay",
            "--input",
            folder.file("cut"),
            "--examples",
            examples,
            "--out",
            folder.file("b")
        )
        #expect(tool.code == 66)
        #expect(tool.error.contains(isCompressed ? "within a zstd frame: it was cut; the" : "is not whole; the"))
        #expect(tool.error.contains("records before"))
        #expect(try folder.lines("b").count > 0)
    }

    @Test(arguments: [0, 5, 8, 12, 20])
    func aFileThatEndsWithinItsHeaderIsRefused(_ count: Int) throws {
        let folder = try TemporaryFolder()
        try Data(Recording(run).version2().prefix(count)).write(to: URL(filePath: folder.file("cut")))
        let tool = try Tool("replay", "--input", folder.file("cut"), "--examples", examples)
        #expect(tool.code == 66)
        #expect(tool.error.contains(folder.file("cut")))
    }

    @Test func aVersionOfTheFutureIsRefused() throws {
        let folder = try TemporaryFolder()
        try Data([0x44, 0x53, 0x52, 0x55, 0x4E, 0, 0, 3] + [UInt8](repeating: 0, count: 40)).write(
            to: URL(filePath: folder.file("three"))
        )
        let tool = try Tool("replay", "--input", folder.file("three"), "--examples", examples)
        #expect(tool.code == 66)
        #expect(tool.error.contains("a version this program knows"))
    }

    @Test(arguments: [
        ["replay", "--brokers", "127.0.0.1:1", "--topic", "t"],
        ["record", "--brokers", "127.0.0.1:1", "--out", "/tmp/x"],
        ["demo", "--brokers", "127.0.0.1:1", "--rounds", "1"],
    ])
    func whereNoBrokerAnswersTheExitCodeSaysSo(_ arguments: [String]) throws {
        let more = arguments[0] == "replay" ? ["--examples", examples] : []
        let tool = try Tool(arguments: arguments + more)
        #expect(tool.code == 69)
        #expect(tool.error.contains("no broker answers at 127.0.0.1:1"))
    }

    @Test(arguments: [
        ["record"], ["record", "--out", "x", "--from", "2025-01-02T00:00:00Z", "--to", "2025-01-01T00:00:00Z"],
        ["record", "--out", "x", "--from", "0:5", "--to", "0:4"], ["record", "--out", "x", "--from", "soon"],
        ["record", "--out", "x", "--topic", "a", "--topic", "b", "--from", "0:5"], ["replay"],
        ["replay", "--input", "x", "--topic", "a", "--topic", "b"], ["replay", "--input", "x", "--from", "latest:1"],
    ])
    func wrongRangesAre64(_ arguments: [String]) throws {
        let tool = try Tool(arguments: arguments)
        #expect(tool.code == 64, "\(tool.error)")
    }

    @Test func fewerExamplesThanGroupsOfABatchAreRefused() throws {
        let tool = try Tool("replay", "--input", run, "--examples", examples, "--groups-per-batch", "5000")
        #expect(tool.code == 65)
        #expect(tool.error.contains("fewer than batches.groups_per_batch (5000)"))
    }

    @Test func noBrokerIsSaidSo() throws {
        let tool = try Tool("run", "--brokers", "127.0.0.1:1", "--examples", examples, "--set", "log.level=error")
        #expect(tool.code == 69)
        #expect(tool.error.contains("no broker answers at 127.0.0.1:1"))
    }

    @Test func wrongUsageAndConfigurationAre64() throws {
        #expect(try Tool("replay", "--inptu", "x").error.contains("did you mean `--input`"))
        for arguments in [
            ["rpelay"], ["replay"], ["replay", "--threads", "0", "--input", "x"],
            ["advantages", "--estimator", "verll"],
        ] {
            #expect(try Tool(arguments: arguments).code == 64, "\(arguments)")
        }
        let tool = try Tool(
            "replay",
            "--input",
            run,
            "--examples",
            examples,
            "--set",
            "gruops.settle=1h",
            "--set",
            "groups.settle=x"
        )
        #expect(tool.code == 64)
        #expect(tool.error.contains("`gruops.settle` is not a known key; did you mean `groups.settle`?"))
        #expect(tool.error.contains("`groups.settle` must be a duration"))
    }

    @Test func largeAndMissingPayloadsAreDeadLetters() throws {
        var trace = Trace()
        trace.append("big", [0] + [UInt8](repeating: 0x0A, count: 11 << 20))
        trace.append("none", [UInt8]?.none)
        trace.append("empty", [])
        trace.thread("x", example: "e0", group: "g", slot: 0, of: 1, answer: "a0")
        let (summary, ledger, dead) = try replay(trace)
        #expect(dead.compactMap { $0["reason"]?.text } == ["invalid_format", "io_error", "io_error"])
        #expect(dead.compactMap { $0["index"]?.int } == [0, 1, 2])
        #expect(summary.stage.records == 8)
        #expect(ledger.count == 1)
    }

    @Test func aJSONBombInADiffLeavesTheStateUnverified() throws {
        var trace = Trace()
        trace.thread("x", example: "e0", group: "g", slot: 0, of: 1, answer: "a0")
        let bomb = Array((String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)).utf8)
        trace.append(
            "y",
            .event(
                trace.header("y", 1),
                type: 1,
                attributes: [
                    ("initial_state_json", .string("{}")), ("example_id", .string("e0")), ("group_id", .string("h")),
                    ("rollout_index", .integer(0)), ("group_size", .integer(1)), ("policy_version", .integer(1)),
                ]
            )
        )
        trace.append("y", .stateDiff(trace.header("y", 2), operations: [.init(op: 0, path: "/a", value: bomb)]))
        trace.append("y", .event(trace.header("y", 3), type: 2))
        let ledger = try replay(trace).ledger
        #expect(ledger.last?["reason"]?.text == "state_unverified")
    }

    /// Copies of copies double the state with every operation.
    @Test func aDiffThatGrowsWithoutBoundIsCutOff() throws {
        var trace = Trace()
        trace.append(
            "y",
            .event(
                trace.header("y", 1),
                type: 1,
                attributes: [
                    ("initial_state_json", .string(#"{"a":{"x":"0123456789012345678901234567890123456789"}}"#))
                ]
            )
        )
        var operations: [OutgoingMessage.Operation] = []
        for index in 0..<64 { operations.append(.init(op: 4, path: "/a/c\(index)", from: "/a")) }
        trace.append("y", .stateDiff(trace.header("y", 2), operations: operations))
        trace.append("y", .event(trace.header("y", 3), type: 2))
        #expect(try replay(trace).ledger.first?["state_verified"]?.flag == false)
    }

    @Test func aThreadOfAHundredThousandEventsIsCutAndTheRestGoesOn() throws {
        var trace = Trace()
        var recording = Recording()
        let encoder = FrameEncoder()
        for sequence in 1...100_000 {
            let message = OutgoingMessage.event(trace.header("long", UInt64(sequence)), type: 20, node: "n")
            recording.records.append(Self.record("long", encoder.encode(message), sequence))
        }
        for record in trace.recording.records { recording.records.append(record) }
        let folder = try TemporaryFolder()
        try Data(recording.bytes).write(to: URL(filePath: folder.file("run")))
        var options = ReplayOptions(input: folder.file("run"), examples: ExampleTable(), estimator: .dashflow)
        options.ledger = folder.file("l")
        let summary = try Replay(options).run().summary
        #expect(summary.stage.records == 100_000)
        #expect(summary.imbalance == nil)
        #expect(try folder.lines("l").map { $0["outcome"]?.text } == ["incomplete"])
    }

    private static func record(_ key: String, _ payload: [UInt8], _ offset: Int) -> Recording.Record {
        var rest: [UInt8] = []
        Recording.append(&rest, 1_700_000_000_000 + offset, 8)
        Recording.append(&rest, key.utf8.count, 2)
        rest += Array(key.utf8)
        Recording.append(&rest, 0, 2)
        Recording.append(&rest, payload.count, 4)
        rest += payload
        return Recording.Record(partition: 0, offset: UInt64(offset), rest: rest, key: Array(key.utf8))
    }
}
