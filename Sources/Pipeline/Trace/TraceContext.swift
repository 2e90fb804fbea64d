/// A W3C trace context: which trace, and which span of it.
struct TraceContext: Sendable, Hashable {
    /// 32 hexadecimal digits, lower case, not all 0.
    let trace: String
    /// 16 hexadecimal digits, lower case, not all 0.
    let span: String

    /// Reads the value of a `traceparent`; nil: it is none. What agents write may be anything.
    init?(_ traceparent: String) {
        guard traceparent.utf8.count <= 256 else { return nil }
        // version, trace, span and flags, at fixed places
        let text = Array(traceparent.utf8)
        guard text.count >= 55, text[2] == Self.dash, text[35] == Self.dash, text[52] == Self.dash,
            Self.isHex(text[0..<2]), Self.isID(text[3..<35]), Self.isID(text[36..<52]), Self.isHex(text[53..<55]),
            text[0..<2] != [UInt8(ascii: "f"), UInt8(ascii: "f")]
        else { return nil }
        // later versions may have more behind them
        let isFirst = text[0..<2] == [Self.zero, Self.zero]
        guard text.count == 55 || (!isFirst && text[55] == Self.dash) else { return nil }
        trace = String(decoding: text[3..<35], as: UTF8.self)
        span = String(decoding: text[36..<52], as: UTF8.self)
    }

    private static let dash = UInt8(ascii: "-")
    private static let zero = UInt8(ascii: "0")

    /// A span of a trace of its own.
    init(random: inout some RandomNumberGenerator) {
        // 0 is no id
        trace = Self.hex(.random(in: 1 ... .max, using: &random)) + Self.hex(random.next())
        span = Self.hex(.random(in: 1 ... .max, using: &random))
    }

    private static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func isHex(_ text: ArraySlice<UInt8>) -> Bool {
        text.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    private static func isID(_ text: ArraySlice<UInt8>) -> Bool {
        isHex(text) && text.contains { $0 != zero }
    }
}
