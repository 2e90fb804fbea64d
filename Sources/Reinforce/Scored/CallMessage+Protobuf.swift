/// `Message` of `docs/scored.proto`: what it has, then its ranges.
extension CallMessage {
    private static var parts: [(bit: UInt32, path: WritableKeyPath<CallMessage, ByteRange?>)] {
        [(8, \.name), (16, \.toolCalls), (32, \.toolCallID), (64, \.reasoning)]
    }

    /// Bits 0 and 1: its kind of content; 2: it answers a tool; then a bit for each range that may be missing.
    var numbers: [UInt32] {
        var numbers = [
            UInt32(kind.rawValue) | (isToolResponse ? 4 : 0), role.start, role.count, content.start, content.count,
        ]
        for (bit, path) in Self.parts {
            guard let range = self[keyPath: path] else { continue }
            numbers[0] |= bit
            numbers += [range.start, range.count]
        }
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
        isToolResponse = numbers[0] & 4 != 0
        role = ByteRange(start: numbers[1], count: numbers[2])
        content = ByteRange(start: numbers[3], count: numbers[4])
        var at = 5
        for (bit, path) in Self.parts where numbers[0] & bit != 0 {
            guard at + 1 < numbers.count else { throw reader.problem("is not whole") }
            self[keyPath: path] = ByteRange(start: numbers[at], count: numbers[at + 1])
            at += 2
        }
    }
}
