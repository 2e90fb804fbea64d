extension ProtobufWriter {
    /// A text from the inside of a canonical JSON string literal; written even where it is empty.
    mutating func unescaped(_ field: UInt32, _ text: [UInt8], _ range: ByteRange) {
        message(field) { $0.appendUnescaped(text.span(range)) }
    }

    /// A text from the inside of a canonical JSON string literal, where there is one.
    mutating func unescaped(_ field: UInt32, _ text: ArenaText?) {
        if let text { unescaped(field, text.arena, text.range) }
    }

    private mutating func appendUnescaped(_ literal: RawSpan) {
        var plain = 0
        var at = 0
        func byte(_ index: Int) -> UInt8 { unsafe literal.unsafeLoad(fromByteOffset: index, as: UInt8.self) }
        while at < literal.byteCount {
            guard byte(at) == UInt8(ascii: "\\"), at + 1 < literal.byteCount else {
                at += 1
                continue
            }
            raw(literal.extracting(plain..<at))
            let escaped = byte(at + 1)
            at += 2
            switch escaped {
            case UInt8(ascii: "b"): raw(0x08)
            case UInt8(ascii: "t"): raw(0x09)
            case UInt8(ascii: "n"): raw(0x0A)
            case UInt8(ascii: "f"): raw(0x0C)
            case UInt8(ascii: "r"): raw(0x0D)
            case UInt8(ascii: "u"):
                // canonical text escapes control characters so, and nothing else: the last two digits are all
                var value: UInt8 = 0
                for index in at + 2..<min(at + 4, literal.byteCount) { value = value << 4 | Self.digit(byte(index)) }
                raw(value)
                at = min(at + 4, literal.byteCount)
            default: raw(escaped)
            }
            plain = at
        }
        raw(literal.extracting(plain..<literal.byteCount))
    }

    private static func digit(_ byte: UInt8) -> UInt8 {
        byte <= UInt8(ascii: "9") ? byte &- UInt8(ascii: "0") : (byte | 0x20) &- UInt8(ascii: "a") &+ 10
    }
}
