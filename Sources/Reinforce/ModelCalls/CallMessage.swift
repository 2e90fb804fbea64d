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
    /// Calls `body` with every part that it has.
    @inline(__always)
    private func forEachPart(_ body: (ByteRange) -> Void) {
        body(role)
        body(content)
        if let name { body(name) }
        if let toolCalls { body(toolCalls) }
        if let toolCallID { body(toolCallID) }
        if let reasoning { body(reasoning) }
    }

    /// Bytes of its parts in the arena.
    var textBytes: Int {
        var bytes = 0
        forEachPart { bytes += Int($0.count) }
        return bytes
    }

    /// Where the last of its parts ends in the arena.
    var end: Int {
        var end = 0
        forEachPart { end = max(end, $0.end) }
        return end
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
