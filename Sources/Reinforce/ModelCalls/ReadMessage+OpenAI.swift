import JSON

extension ReadMessage {
    /// Content, tool calls and reasoning of a message as OpenAI's API has it.
    mutating func readOpenAI(_ value: JSONValue) throws(Unreadable) {
        switch value["content"] {
        case nil, .null, .array([]): break
        case .string(let text): content = .text(text)
        case .array(let parts):
            let isText = parts.allSatisfy { $0["type"] == .string("text") }
            guard parts.allSatisfy(\.isObject) else { throw Unreadable() }
            content = isText ? .text(try Self.joined(parts, "text")) : .parts(parts)
        default: throw Unreadable()
        }
        switch value["tool_calls"] {
        case nil, .null: break
        case .array(let calls): toolCalls = calls.map(Self.withTextArguments)
        default: throw Unreadable()
        }
        reasoning = try value.text("reasoning") ?? ""
        let other = try value.text("reasoning_content")
        if reasoning.string.isEmpty { reasoning = other ?? "" }
    }

    /// The texts of parts, one behind the other.
    static func joined(_ parts: [JSONValue], _ key: Text) throws(Unreadable) -> Text {
        var text = ""
        for part in parts {
            guard let piece = try part.text(key) else { throw Unreadable() }
            text += piece.string
        }
        return Text(text)
    }

    /// A tool call as it came, but for arguments that are no text: they become one.
    private static func withTextArguments(_ call: JSONValue) -> JSONValue {
        guard case .object(var object) = call, case .object(var function)? = object["function"],
            let arguments = function["arguments"]
        else { return call }
        if case .string = arguments { return call }
        function["arguments"] = .string(Text(arguments.canonicalText))
        object["function"] = .object(function)
        return .object(object)
    }
}

extension JSONValue {
    var isObject: Bool { if case .object = self { true } else { false } }
}
