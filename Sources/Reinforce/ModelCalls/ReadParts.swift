import JSON

/// The parts of a message of OpenTelemetry's GenAI conventions.
struct ReadParts {
    var content = ReadMessage.Content.none
    var toolCalls: [JSONValue] = []
    var responses: [ReadMessage] = []
    var reasoning: Text = ""

    init(_ parts: [JSONValue]) throws(Unreadable) {
        var shown: [JSONValue] = []
        var isText = true
        var thoughts = ""
        for part in parts {
            guard part.isObject, let kind = try part.text("type") else { throw Unreadable() }
            switch kind.string {
            case "text":
                guard let text = try part.text("content") else { throw Unreadable() }
                shown.append(.object(JSONObject([("text", .string(text)), ("type", .string("text"))])))
            case "reasoning":
                guard let text = try part.text("content") else { throw Unreadable() }
                thoughts += text.string
            case "tool_call": toolCalls.append(try Self.call(part))
            case "tool_call_response": responses.append(try Self.response(part))
            default:
                isText = false
                shown.append(part)
            }
        }
        reasoning = Text(thoughts)
        guard !shown.isEmpty else { return }
        content = isText ? .text(try ReadMessage.joined(shown, "text")) : .parts(shown)
    }

    private static func call(_ part: JSONValue) throws(Unreadable) -> JSONValue {
        guard let name = try part.text("name") else { throw Unreadable() }
        let arguments = part["arguments"].map(asText) ?? "{}"
        let id = try part.text("id")
        return .object(
            JSONObject([
                ("function", .object(JSONObject([("arguments", .string(arguments)), ("name", .string(name))]))),
                ("id", id.map { .string($0) } ?? .null), ("type", .string("function")),
            ])
        )
    }

    private static func response(_ part: JSONValue) throws(Unreadable) -> ReadMessage {
        var message = ReadMessage(role: "tool")
        message.isToolResponse = true
        message.toolCallID = try part.text("id")
        message.content = .text(part["response"].map(asText) ?? "")
        return message
    }

    /// A text as it is, anything else as its canonical JSON.
    private static func asText(_ value: JSONValue) -> Text {
        if case .string(let text) = value { text } else { Text(value.canonicalText) }
    }
}
