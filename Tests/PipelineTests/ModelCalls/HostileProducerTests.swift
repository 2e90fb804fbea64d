import DashStream
import JSON
import Settings
import TestSupport
import Testing

@testable import Pipeline
@testable import Reinforce

/// Producers that say nonsense, or far too much, beside one that does not: what is wrong is bounded, counted and told, and nobody
/// loses a thread by it.
@Suite(.waits) struct HostileProducerTests {
    private typealias Attributes = [(String, OutgoingAttribute)]

    /// A thread, alone in its group, with these calls.
    private static func thread(_ id: String, _ trace: inout Trace, calls: [(start: Attributes, end: Attributes)]) {
        var sequence: UInt64 = 0
        func header(_ trace: inout Trace) -> OutgoingHeader {
            sequence += 1
            return trace.header(id, sequence)
        }
        let pairing: Attributes = [
            ("initial_state_json", .string(#"{"question":"q"}"#)), ("example_id", .string("e")),
            ("group_id", .string(id)),
            ("rollout_index", .integer(0)), ("group_size", .integer(1)), ("policy_version", .integer(1)),
        ]
        trace.append(id, .event(header(&trace), type: 1, attributes: pairing))
        trace.append(id, .event(header(&trace), type: 10, node: "n"))
        for (number, call) in calls.enumerated() {
            let request = "r\(number)"
            trace.append(id, .event(header(&trace), type: 30, node: "n", attributes: call.start, request: request))
            trace.append(id, .event(header(&trace), type: 31, node: "n", attributes: call.end, request: request))
        }
        let hash = sha256(Array(#"{"answer":"right","question":"q"}"#.utf8))
        let answer = OutgoingMessage.Operation(op: 0, path: "/answer", value: Array(#""right""#.utf8))
        trace.append(id, .stateDiff(header(&trace), operations: [answer], hash: hash))
        trace.append(id, .event(header(&trace), type: 11, node: "n"))
        trace.append(id, .event(header(&trace), type: 2))
    }

    private static func call(_ prompt: String, _ tokens: Attributes) -> (start: Attributes, end: Attributes) {
        let ids: OutgoingAttribute = .array([.integer(1)])
        return (
            [("gen_ai.input.messages", .string(prompt)), ("rl.prompt_token_ids", ids)],
            [("gen_ai.output.messages", .string(#"{"role":"assistant","content":"ho"}"#))] + tokens
        )
    }

    private static func prompt(bytes: Int) -> String {
        #"[{"role":"user","content":"\#(String(repeating: "lorem ipsum ", count: bytes / 12))"}]"#
    }

    /// Names in the order of the alphabet, as the fates come.
    private static let trace: Trace = {
        let said: Attributes = [("rl.token_ids", .array([.integer(2)])), ("rl.logprobs", .array([.float(-1)]))]
        let hi = #"[{"role":"user","content":"hi"}]"#
        var trace = Trace()
        thread("a-good", &trace, calls: [call(hi, said)])
        thread("b-messages", &trace, calls: [call(#"[{"role":"user","conte"#, said)])
        let two: OutgoingAttribute = .array([.float(-1), .float(-1)])
        thread("c-length", &trace, calls: [call(hi, [said[0], ("rl.logprobs", two)])])
        thread("d-nan", &trace, calls: [call(hi, [said[0], ("rl.logprobs", .array([.float(.nan)]))])])
        thread("e-prompt", &trace, calls: [call(prompt(bytes: 9 << 20), said)])
        thread("f-frame", &trace, calls: [call(prompt(bytes: 11 << 20), said)])
        thread("g-calls", &trace, calls: Array(repeating: call(hi, said), count: 10_000))
        thread("h-good", &trace, calls: [call(hi, said)])
        return trace
    }()

    @Test func whatIsNonsenseIsCarriedAndToldAndWhatIsTooMuchIsRefusedAndTold() throws {
        let stream = try SmallStream()
        stream.settings.groups.minUsable = 1
        stream.settings.batches.groupsPerBatch = 1
        stream.settings.batches.allowRepeats = true
        // the thread that lacks a record for good is over once nothing more comes
        stream.settings.assembly.idleTimeout = 3000
        let (counts, fates) = try stream.run(Self.trace, threads: 8)
        #expect(counts.fates.values.reduce(0, +) == 8)
        #expect(
            fates == [
                "trained ", "trained ", "trained ", "trained ", "excluded too_large", "trained ", "excluded too_large",
                "trained ",
            ]
        )
        var problems: [String: String] = [:]
        for value in try stream.topics.values("reinforce") {
            for group in try JSONValue(parsing: value)["groups"]?.list ?? [] {
                let call = group["rollouts"]?.list.first?["calls"]?.list.first
                problems[group["group_id"]?.text ?? ""] = call?["token_problem"]?.text ?? "none"
            }
        }
        #expect(
            problems == [
                "a-good": "none", "b-messages": "messages", "c-length": "length", "d-nan": "value", "f-frame": "none",
                "h-good": "none",
            ]
        )
        let letters = try stream.topics.values("dash-reinforce-dlq")
        #expect(letters.count == 3, "the prompt's rollout, the frame's record, the calls' group")
    }

    /// No record bounds a file: ten thousand calls are written, each of them.
    @Test func aFileHoldsWhatARecordCannot() throws {
        let folder = try TemporaryFolder()
        try Self.trace.write(folder.file("run"))
        let example = #"{"example_id":"e","data":{"question":"q","answer":"right"},"input_keys":["question"]}"#
        let (examples, _) = ExampleTable.read(lines: Array(example.utf8))
        var options = ReplayOptions(input: folder.file("run"), examples: examples, estimator: .dashflow)
        options.groups.minUsable = 1
        options.batches.groupsPerBatch = 1
        options.output = folder.file("batches")
        let summary = try Replay(options).run().summary
        #expect(summary.fates.values.reduce(0, +) == 8)
        #expect(summary.excluded == [.tooLarge: 1], "the rollout with the prompt")
        var calls: [String: Int] = [:]
        for line in try folder.bytes("batches").split(separator: UInt8(ascii: "\n")) {
            let batch = try JSONValue(parsing: Array(line), limits: JSONLimits(maxBytes: .max))
            for group in batch["groups"]?.list ?? [] {
                calls[group["group_id"]?.text ?? ""] = group["rollouts"]?.list.first?["calls"]?.list.count
            }
        }
        #expect(calls.count == 7 && calls["g-calls"] == 10_000)
        #expect(calls.values.reduce(0, +) == 10_006)
    }
}
