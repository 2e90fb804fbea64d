/// A W3C trace context: which trace, and which span of it.
struct TraceContext: Sendable, Hashable {
    /// 32 hexadecimal digits, lower case, not all 0.
    let trace: String
    /// 16 hexadecimal digits, lower case, not all 0.
    let span: String

    /// Reads the value of a `traceparent`; nil: it is none. What agents write may be anything.
    init?(_ traceparent: String) {
        guard traceparent.utf8.count <= 256 else { return nil }
        let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, Self.isHex(parts[0], 2), parts[0] != "ff", Self.isHex(parts[1], 32),
            Self.isHex(parts[2], 16), Self.isHex(parts[3], 2), parts[0] != "00" || parts.count == 4,
            parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" })
        else { return nil }
        trace = String(parts[1])
        span = String(parts[2])
    }

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

    private static func isHex(_ text: Substring, _ count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
