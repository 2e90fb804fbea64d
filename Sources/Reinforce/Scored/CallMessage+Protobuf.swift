/// `Message` of `docs/scored.proto`: what it has, then its ranges.
extension CallMessage {
    // bits 0 and 1 are its kind of content; 2: it answers a tool; then a bit for each range that may be missing
    private static let isToolResponse: UInt32 = 4
    private static let hasName: UInt32 = 8
    private static let hasToolCalls: UInt32 = 16
    private static let hasToolCallID: UInt32 = 32
    private static let hasReasoning: UInt32 = 64

    /// Its bits, then its ranges.
    var numbers: [UInt32] {
        var numbers: [UInt32] = []
        numbers.reserveCapacity(13)
        numbers.append(UInt32(kind.rawValue) | (isToolResponse ? Self.isToolResponse : 0))
        numbers.append(role)
        numbers.append(content)
        numbers.append(name, Self.hasName)
        numbers.append(toolCalls, Self.hasToolCalls)
        numbers.append(toolCallID, Self.hasToolCallID)
        numbers.append(reasoning, Self.hasReasoning)
        return numbers
    }

    init(_ reader: consuming ProtobufReader) throws(ScoredProblem) {
        var numbers: [UInt32] = []
        while let tag = try reader.tag() {
            guard tag.field == 1 else { throw reader.unknown(tag) }
            numbers = try reader.numbers(tag)
        }
        guard numbers.count >= 5, let kind = Content(rawValue: UInt8(numbers[0] & 3)) else {
            throw reader.problem("is not whole")
        }
        self.init()
        self.kind = kind
        isToolResponse = numbers[0] & Self.isToolResponse != 0
        role = ByteRange(start: numbers[1], count: numbers[2])
        content = ByteRange(start: numbers[3], count: numbers[4])
        var at = 5
        name = try Self.next(Self.hasName, numbers, &at, reader)
        toolCalls = try Self.next(Self.hasToolCalls, numbers, &at, reader)
        toolCallID = try Self.next(Self.hasToolCallID, numbers, &at, reader)
        reasoning = try Self.next(Self.hasReasoning, numbers, &at, reader)
    }

    /// The range at `at`, where its bit says that there is one.
    private static func next(
        _ bit: UInt32,
        _ numbers: [UInt32],
        _ at: inout Int,
        _ reader: borrowing ProtobufReader
    ) throws(ScoredProblem) -> ByteRange? {
        guard numbers[0] & bit != 0 else { return nil }
        guard at + 1 < numbers.count else { throw reader.problem("is not whole") }
        defer { at += 2 }
        return ByteRange(start: numbers[at], count: numbers[at + 1])
    }
}

extension [UInt32] {
    fileprivate mutating func append(_ range: ByteRange) {
        append(range.start)
        append(range.count)
    }

    fileprivate mutating func append(_ range: ByteRange?, _ bit: UInt32) {
        guard let range else { return }
        self[0] |= bit
        append(range)
    }
}
