import JSON

/// A chat message as it was read, before it is written in one form.
struct ReadMessage {
    enum Content {
        case none
        case text(Text)
        case parts([JSONValue])
    }

    var role: Text
    var content = Content.none
    var name: Text?
    var toolCalls: [JSONValue] = []
    var isToolResponse = false
    var toolCallID: Text?
    var reasoning: Text = ""

    init(role: Text) { self.role = role }

    /// It has neither content, tool calls nor reasoning.
    var isEmpty: Bool {
        if case .none = content { return toolCalls.isEmpty && reasoning.string.isEmpty }
        return false
    }

    /// The messages of a chat.
    static func chat(_ value: JSONValue) throws(Unreadable) -> [ReadMessage] {
        guard case .array(let elements) = value else { throw Unreadable() }
        var messages: [ReadMessage] = []
        for element in elements { messages += try read(element) }
        return messages
    }

    /// The system message that instructions make; nil where there are none.
    static func instructions(_ value: JSONValue) throws(Unreadable) -> ReadMessage? {
        guard case .array(let parts) = value else { throw Unreadable() }
        let read = try ReadParts(parts)
        guard read.responses.isEmpty, read.toolCalls.isEmpty else { throw Unreadable() }
        guard !parts.isEmpty else { return nil }
        var message = ReadMessage(role: "system")
        message.content = read.content
        message.reasoning = read.reasoning
        return message
    }

    /// What a model wrote, with its finish reason; a nil message where it said nothing.
    static func output(_ value: JSONValue) throws(Unreadable) -> (message: ReadMessage?, finishReason: Text?) {
        var value = value
        if case .array(let choices) = value {
            guard let first = choices.first else { return (nil, nil) }
            guard choices.count == 1 else { throw Unreadable() }
            value = first
        }
        let messages = try read(value)
        guard messages.count == 1, var message = messages.first,
            value["parts"] == nil || !message.isToolResponse || value["tool_call_id"] != nil
        else { throw Unreadable() }
        message.role = "assistant"
        message.name = nil
        message.isToolResponse = false
        message.toolCallID = nil
        return (message, try value.text("finish_reason"))
    }

    /// One message; of OpenTelemetry's, each response of a tool is a message of its own, before the rest.
    private static func read(_ value: JSONValue) throws(Unreadable) -> [ReadMessage] {
        guard case .object = value, let role = try value.text("role") else { throw Unreadable() }
        var message = ReadMessage(role: role)
        message.name = try value.text("name")
        message.toolCallID = try value.text("tool_call_id")
        message.isToolResponse = message.toolCallID != nil
        guard let parts = value["parts"] else {
            try message.readOpenAI(value)
            return [message]
        }
        guard case .array(let elements) = parts else { throw Unreadable() }
        let read = try ReadParts(elements)
        message.content = read.content
        message.toolCalls = read.toolCalls
        message.reasoning = read.reasoning
        return !read.responses.isEmpty && message.isEmpty ? read.responses : read.responses + [message]
    }
}

extension JSONValue {
    /// A field that is a text, or missing, or null.
    func text(_ key: Text) throws(Unreadable) -> Text? {
        switch self[key] {
        case nil, .null: return nil
        case .string(let text): return text
        default: throw Unreadable()
        }
    }
}
