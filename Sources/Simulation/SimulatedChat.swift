internal import DashStream
internal import JSON

/// What simulated agents say to their model, and what it answers: chat messages, ids of a tokenizer of bytes, and the
/// policy's logprobs.
struct SimulatedChat {
    /// What goes wrong with the calls of one rollout.
    struct Faults: Sendable, Hashable {
        /// The first attempt at the answer is given up in the middle of its stream.
        var retries = false
        /// A call fails before the answer is asked for again.
        var fails = false
        /// Judges look at the answer side by side, in nodes that have no events of their own.
        var isJudged = false
    }

    /// Gives the header of the next message; false: of one that has no place in the order.
    typealias NextHeader = (_ isMain: Bool) -> OutgoingHeader

    let thread: String
    let task: SimulatedTask
    let policyVersion: Int
    let faults: Faults

    private var opening: [JSONValue] {
        [
            Self.message("system", "You calculate. Use the calculator, then answer with the number only."),
            Self.message("user", task.question),
        ]
    }

    private var toolCall: JSONValue {
        let numbers = task.question.filter { $0.isNumber || $0 == "+" || $0 == " " }
        let arguments = JSONValue.object(JSONObject([("expression", .string(Text(Self.trimmed(numbers))))]))
            .canonicalText
        let function = JSONObject([("arguments", .string(Text(arguments))), ("name", .string("calculator"))])
        return .object(
            JSONObject([("function", .object(function)), ("id", .string("c1")), ("type", .string("function"))])
        )
    }

    /// The node that plans: one call, its tokens told at its end.
    func plan(_ next: NextHeader) -> [OutgoingMessage] {
        let answer = Self.message("assistant", "calculate, then answer")
        return whole("plan", node: "plan", opening, answer, "calculate, then answer", next)
    }

    /// The node that answers: one call that asks for a tool, one that answers and is streamed.
    ///
    /// - Parameter tool: gives the message of the tool's execution.
    func answer(_ text: String, logprob: Double, tool: () -> OutgoingMessage, _ next: NextHeader) -> [OutgoingMessage] {
        let asking = JSONValue.object(
            JSONObject([("content", .null), ("role", .string("assistant")), ("tool_calls", .array([toolCall]))])
        )
        var out = whole("tool", node: "answer", opening, asking, toolCall.canonicalText, next)
        out.append(tool())
        var chat = opening + [asking]
        let response = JSONObject([
            ("content", .string("ok")), ("role", .string("tool")), ("tool_call_id", .string("c1")),
        ])
        chat.append(.object(response))
        if faults.fails {
            out.append(start("failed", node: "answer", chat, next))
            out.append(event(32, "failed", node: "answer", [("error", .string("429"))], next))
        }
        out.append(start("answer", node: "answer", chat, next))
        if faults.retries {
            out.append(.tokenChunk(next(false), request: request("answer"), text: "I th", index: 0))
            out.append(event(33, "answer", node: "answer", [("attempt", .integer(2))], next))
        }
        out += stream(text, logprob: logprob, next)
        out.append(event(31, "answer", node: "answer", end(Self.message("assistant", text)), next))
        return out
    }

    /// Judges who run side by side: other models than the one that is trained.
    func judge(_ text: String, _ next: NextHeader) -> [OutgoingMessage] {
        guard faults.isJudged else { return [] }
        let chat = [Self.message("user", "Is \(text) a number? Say yes or no.")]
        let nodes = ["judge-a", "judge-b"]
        var out = [OutgoingMessage.event(next(true), type: 22)]
        for node in nodes {
            out.append(start(node, node: node, chat, adding: [("rl.trainable", .boolean(false))], next))
        }
        for node in nodes { out.append(event(31, node, node: node, end(Self.message("assistant", "yes")), next)) }
        out.append(.event(next(true), type: 23))
        return out
    }

    /// A call whose tokens stand at its end.
    private func whole(
        _ name: String,
        node: String,
        _ chat: [JSONValue],
        _ answer: JSONValue,
        _ text: String,
        _ next: NextHeader
    ) -> [OutgoingMessage] {
        let ids = Array(text.utf8)
        let tokens: [(String, OutgoingAttribute)] = [
            ("rl.token_ids", .bytes(ids.flatMap { [$0, 0, 0, 0] })),
            // there is nothing to choose here
            ("rl.logprobs", .array(ids.map { _ in .float(0) })),
        ]
        return [start(name, node: node, chat, next), event(31, name, node: node, end(answer) + tokens, next)]
    }

    /// The answer in two pieces; its logprob is shared by its tokens.
    private func stream(_ text: String, logprob: Double, _ next: NextHeader) -> [OutgoingMessage] {
        let ids = text.utf8.map { UInt32($0) }
        let each = Float(logprob) / Float(max(1, ids.count))
        let half = ids.count / 2
        let pieces = [ids[..<half], ids[half...]]
        return pieces.enumerated().map { index, piece in
            .tokenChunk(
                next(false),
                request: request("answer"),
                text: String(decoding: piece.map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self),
                index: UInt32(index),
                tokenIDs: Array(piece),
                logprobs: piece.map { _ in each },
                finishReason: index == 1 ? 1 : 0,
                model: "softmax-\(policyVersion)"
            )
        }
    }

    private func start(
        _ name: String,
        node: String,
        _ chat: [JSONValue],
        adding more: [(String, OutgoingAttribute)] = [],
        _ next: NextHeader
    ) -> OutgoingMessage {
        let text = JSONValue.array(chat).canonicalText
        let template = chat.map(\.canonicalText).joined(separator: "\n")
        let attributes: [(String, OutgoingAttribute)] = [
            ("gen_ai.input.messages", .string(text)), ("gen_ai.request.model", .string("softmax")),
            ("gen_ai.request.temperature", .float(1)), ("rl.policy_version", .integer(Int64(policyVersion))),
            ("rl.tokenizer", .string("bytes")),
            ("rl.prompt_token_ids", .bytes(template.utf8.flatMap { [$0, 0, 0, 0] })),
        ]
        return event(30, name, node: node, attributes + more, next)
    }

    private func end(_ answer: JSONValue) -> [(String, OutgoingAttribute)] {
        [
            ("gen_ai.output.messages", .string(JSONValue.array([answer]).canonicalText)),
            ("gen_ai.response.model", .string("softmax-\(policyVersion)")),
        ]
    }

    private func event(
        _ type: Int32,
        _ name: String,
        node: String,
        _ attributes: [(String, OutgoingAttribute)],
        _ next: NextHeader
    ) -> OutgoingMessage {
        .event(next(true), type: type, node: node, attributes: attributes, request: request(name))
    }

    private func request(_ name: String) -> String { "\(thread)-\(name)" }

    private static func message(_ role: String, _ text: String) -> JSONValue {
        .object(JSONObject([("content", .string(Text(text))), ("role", .string(Text(role)))]))
    }

    private static func trimmed(_ text: String) -> String {
        text.split(separator: " ").joined(separator: " ")
    }
}
