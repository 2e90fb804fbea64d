import JSON

/// A message with what its ranges refer to.
struct CallMessageText {
    let message: CallMessage
    let arena: [UInt8]

    func text(_ range: ByteRange?) -> ArenaText? { ArenaText(arena, range) }
}

extension [UInt8] {
    mutating func append(literal text: ArenaText) {
        append(UInt8(ascii: "\""))
        append(text.arena, text.range)
        append(UInt8(ascii: "\""))
    }

    /// Appends a message's content: a text, an array of parts, or null.
    mutating func append(content text: CallMessageText) {
        switch text.message.kind {
        case .none: append("null")
        case .text:
            append(UInt8(ascii: "\""))
            append(text.arena, text.message.content)
            append(UInt8(ascii: "\""))
        case .parts: append(text.arena, text.message.content)
        }
    }

    /// Appends the id of the tool call that a message answers, or null; false: it answers none.
    mutating func append(toolCallID text: CallMessageText) -> Bool {
        guard text.message.isToolResponse else { return false }
        if let id = text.text(text.message.toolCallID) { append(literal: id) } else { append("null") }
        return true
    }
}

extension Float {
    /// The number that is written for it: of all that read back as the same float32 the one with the shortest decimal.
    var shortest: Double { isFinite ? Double(description) ?? Double(self) : Double(self) }
}
