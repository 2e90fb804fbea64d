/// A message of a chat: its parts are ranges of the arena, texts as they stand inside a JSON string literal.
struct CallMessage: Sendable {
    /// What its content is.
    enum Content: UInt8, Sendable {
        case none, text
        /// An array of parts: canonical JSON.
        case parts
    }

    var role = ByteRange.empty
    var kind = Content.none
    var content = ByteRange.empty
    var name: ByteRange?
    /// A JSON array, canonical.
    var toolCalls: ByteRange?
    /// It answers a tool call; the call's id may be missing.
    var isToolResponse = false
    var toolCallID: ByteRange?
    var reasoning: ByteRange?
}

extension CallMessage {
    /// Bytes of its parts in the arena.
    var textBytes: Int {
        var bytes = Int(role.count) + Int(content.count)
        bytes += Int(name?.count ?? 0) + Int(toolCalls?.count ?? 0)
        bytes += Int(toolCallID?.count ?? 0) + Int(reasoning?.count ?? 0)
        return bytes
    }

    /// Every range within a text of that many bytes.
    func isWithin(_ bytes: Int) -> Bool {
        role.end <= bytes && content.end <= bytes && (name?.end ?? 0) <= bytes && (toolCalls?.end ?? 0) <= bytes
            && (toolCallID?.end ?? 0) <= bytes && (reasoning?.end ?? 0) <= bytes
    }

    /// The same message, whatever its role.
    func says(_ other: CallMessage, in arena: RawSpan) -> Bool {
        kind == other.kind && isToolResponse == other.isToolResponse
            && arena.span(content).hasSameBytes(as: arena.span(other.content))
            && Self.same(name, other.name, arena) && Self.same(toolCalls, other.toolCalls, arena)
            && Self.same(toolCallID, other.toolCallID, arena) && Self.same(reasoning, other.reasoning, arena)
    }

    private static func same(_ a: ByteRange?, _ b: ByteRange?, _ arena: RawSpan) -> Bool {
        switch (a, b) {
        case (nil, nil): true
        case (let a?, let b?): arena.span(a).hasSameBytes(as: arena.span(b))
        default: false
        }
    }
}

/// A stretch of a prompt: messages of the call itself, or some that the call before it of the same role has held already.
struct PromptRun: Sendable, Hashable {
    /// The messages are those of the call before: of its prompt with its completion behind it.
    var isShared: Bool
    var start: UInt32
    var count: UInt32

    var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
}
