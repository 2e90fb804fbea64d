import JSON

/// Writes messages into the arena; what the chat before has already is written once.
struct ChatText {
    /// Appends a message's parts to the arena.
    static func write(_ message: ReadMessage, to arena: inout [UInt8]) -> CallMessage {
        var written = CallMessage()
        written.role = literal(message.role, &arena)
        switch message.content {
        case .none: break
        case .text(let text):
            written.kind = .text
            written.content = literal(text, &arena)
        case .parts(let parts):
            written.kind = .parts
            written.content = canonical(.array(parts), &arena)
        }
        written.name = message.name.map { literal($0, &arena) }
        if !message.toolCalls.isEmpty { written.toolCalls = canonical(.array(message.toolCalls), &arena) }
        written.isToolResponse = message.isToolResponse
        written.toolCallID = message.toolCallID.map { literal($0, &arena) }
        if !message.reasoning.string.isEmpty { written.reasoning = literal(message.reasoning, &arena) }
        return written
    }

    /// Appends a prompt; of messages that stand at the same place of the chat before only the reference is kept.
    static func write(
        prompt: [ReadMessage],
        after before: [ChatPlace],
        of calls: [ModelCall],
        _ call: inout ModelCall,
        to arena: inout [UInt8]
    ) {
        var runs: [PromptRun] = []
        for (index, message) in prompt.enumerated() {
            let start = arena.count
            let written = write(message, to: &arena)
            let isKnown = index < before.count && isSame(written, calls, before[index], arena)
            if isKnown { arena.removeLast(arena.count - start) } else { call.messages.append(written) }
            let at = UInt32(isKnown ? index : call.messages.count - 1)
            if let last = runs.last, last.isShared == isKnown, last.start + last.count == at {
                runs[runs.count - 1].count += 1
            } else {
                runs.append(PromptRun(isShared: isKnown, start: at, count: 1))
            }
        }
        call.prompt = runs
    }

    private static func isSame(_ message: CallMessage, _ calls: [ModelCall], _ place: ChatPlace, _ arena: [UInt8])
        -> Bool
    {
        let known = calls[place]
        let text = unsafe arena.span.bytes
        guard message.says(known, in: text) else { return false }
        return text.span(message.role).hasSameBytes(as: text.span(known.role))
    }

    /// Appends the inside of a text's literal.
    static func literal(_ text: Text, _ arena: inout [UInt8]) -> ByteRange {
        let start = arena.count
        text.withBytes { appendEscaped($0, to: &arena) }
        return ByteRange(start, arena.count)
    }

    /// Appends a value's canonical text.
    static func canonical(_ value: JSONValue, _ arena: inout [UInt8]) -> ByteRange {
        let start = arena.count
        value.writeCanonical(to: &arena)
        return ByteRange(start, arena.count)
    }
}
