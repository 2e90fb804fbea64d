import DashStream
import JSON

@testable import Reinforce

/// A thread whose one node calls models, as a producer would write it.
final class CallTrace {
    typealias Attributes = [(String, OutgoingAttribute)]

    private var stage: ThreadStage
    private var sequence: UInt64 = 0
    private var messages: UInt64 = 0
    private var time: Int64 = 1_700_000_000_000_000

    init(maxFrameBytes: Int = 64 << 20, maxRolloutBytes: Int = 1 << 30) throws {
        var examples = ExampleTable()
        examples.insert(
            try ExampleTable.example(Array(#"{"example_id":"e","data":{"q":1,"answer":1},"input_keys":["q"]}"#.utf8))
        )
        var configuration = ThreadStageConfiguration()
        configuration.frames.maxFrameBytes = maxFrameBytes
        configuration.maxRolloutBytes = maxRolloutBytes
        configuration.assembly.maxThreadBytes = 1 << 30
        configuration.assembly.maxThreadEvents = 1 << 20
        stage = ThreadStage(configuration, mode: .replay, examples: examples)
        let pairing: Attributes = [
            ("initial_state_json", .string("{}")), ("example_id", .string("e")), ("group_id", .string("g")),
            ("rollout_index", .integer(0)), ("group_size", .integer(1)), ("policy_version", .integer(1)),
        ]
        append(.event(header(), type: 1, attributes: pairing))
        append(.event(header(), type: 10, node: "n"))
    }

    private func header(isMain: Bool = true) -> OutgoingHeader {
        if isMain { sequence += 1 }
        messages += 1
        time += 1
        return OutgoingHeader(
            messageID: (0..<8).map { UInt8(truncatingIfNeeded: messages >> (8 * $0)) },
            timestampMicroseconds: time,
            tenantID: "t",
            threadID: "x",
            sequence: isMain ? sequence : 1
        )
    }

    private func append(_ message: OutgoingMessage) {
        let value = FrameEncoder().encode(message)
        let position = RecordPosition(partition: 0, offset: Int64(messages), timestamp: 1)
        _ = unsafe stage.receive(key: Array("x".utf8).span.bytes, value: value.span.bytes, at: position)
    }

    /// An LLM event: 30 start, 31 end, 32 error, 33 retry.
    func event(_ type: Int32, _ request: String, _ attributes: Attributes = [], node: String = "n") {
        append(.event(header(), type: type, node: node, attributes: attributes, request: request))
    }

    /// A call with a chat and an answer.
    func call(_ request: String, _ start: Attributes = [], _ end: Attributes = []) {
        event(30, request, [("gen_ai.input.messages", .string(#"[{"role":"user","content":"hi"}]"#))] + start)
        event(31, request, [("gen_ai.output.messages", .string(#"{"role":"assistant","content":"ho"}"#))] + end)
    }

    func chunk(
        _ request: String,
        _ index: UInt32,
        _ text: String,
        _ ids: [UInt32] = [],
        _ logprobs: [Float] = []
    ) {
        append(
            .tokenChunk(
                header(isMain: false),
                request: request,
                text: text,
                index: index,
                tokenIDs: ids,
                logprobs: logprobs
            )
        )
    }

    /// Ends the thread and reads it.
    func rollout() -> Rollout? {
        append(.event(header(), type: 11, node: "n"))
        append(.event(header(), type: 2))
        stage.close()
        return stage.finished.first?.rollout
    }

    /// The calls as the record has them.
    func calls() throws -> [JSONValue] {
        guard let rollout = rollout(),
            case .array(let calls) = try JSONValue(parsing: rollout.callsJSON, limits: JSONLimits(maxBytes: .max))
        else { return [] }
        return calls
    }
}
