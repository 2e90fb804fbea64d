/// Writes a well-formed message anew with the pieces of every single message field merged into one, as protobuf reads it;
/// rare, so that the views need not know of pieces.
enum Merger {
    /// The message in one piece.
    static func merged(_ span: RawSpan) -> [UInt8] {
        var bytes: [UInt8] = []
        write(span, .message, into: &bytes)
        return bytes
    }

    /// Appends `span`, a message of `type`, to `bytes`.
    private static func write(_ span: RawSpan, _ type: WireType, into bytes: inout [UInt8]) {
        let run = type.oneof > 0 ? startOfLastRun(span, type) : 0
        var done: UInt32 = 0
        var reader = WireReader(span)
        while !reader.isAtEnd {
            let start = reader.at
            guard let tag = reader.tag() else { return }
            let field = tag >> 3
            let kind = type.kind(field)
            guard tag & 7 == 2, kind == 6 || kind == 9 else {
                guard reader.skip(tag, depth: 0) else { return }
                if start < run, field <= type.oneof, type.matches(tag) { continue }
                bytes.append(span.extracting(start..<reader.at))
                continue
            }
            guard let message = reader.bytes() else { return }
            if start < run, field <= type.oneof { continue }
            var inner: [UInt8] = []
            if kind == 6 {
                write(message, type.child(field), into: &inner)
            } else {
                if done & (1 &<< field) != 0 { continue }
                done |= 1 &<< field
                var pieces: [UInt8] = []
                var rest = FieldCursor(span.extracting(start..<span.byteCount), field)
                while let piece = rest.next() { pieces.append(piece) }
                unsafe write(pieces.span.bytes, type.child(field), into: &inner)
            }
            bytes.appendVarint(UInt64(tag))
            bytes.appendVarint(UInt64(inner.count))
            bytes.append(contentsOf: inner)
        }
    }

    /// Where the last field of the oneof begins to be set for good: whatever was set before is forgotten.
    private static func startOfLastRun(_ span: RawSpan, _ type: WireType) -> Int {
        var reader = WireReader(span)
        var start = 0
        var current: UInt32 = 0
        while !reader.isAtEnd {
            let at = reader.at
            guard let tag = reader.tag(), reader.skip(tag, depth: 0) else { break }
            guard tag >> 3 <= type.oneof, type.matches(tag), tag >> 3 != current else { continue }
            current = tag >> 3
            start = at
        }
        return start
    }
}

extension WireType {
    /// The kind of a field, as in ``kinds``.
    func kind(_ field: UInt32) -> UInt64 { field < 16 ? (kinds &>> (4 &* UInt64(field))) & 15 : 0 }

    /// Whether a field travels in the wire type it should: others are unknown fields.
    func matches(_ tag: UInt32) -> Bool {
        switch kind(tag >> 3) {
        case 1: tag & 7 == 0
        case 2: tag & 7 == 1
        case 3: tag & 7 == 5
        case 4, 5, 6, 9: tag & 7 == 2
        default: false
        }
    }
}

extension [UInt8] {
    /// Appends the bytes of `span` in one copy.
    mutating func append(_ span: RawSpan) { unsafe span.withUnsafeBytes { unsafe append(contentsOf: $0) } }

    /// Appends a base-128 varint.
    mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest &>>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }
}
