/// Appends one ASCII byte as it stands inside a canonical string literal.
@inline(__always)
func appendEscaped(_ byte: UInt8, to bytes: inout [UInt8]) {
    switch byte {
    case 0x22: bytes.append("\\\"")
    case 0x5C: bytes.append("\\\\")
    case 0x08: bytes.append("\\b")
    case 0x09: bytes.append("\\t")
    case 0x0A: bytes.append("\\n")
    case 0x0C: bytes.append("\\f")
    case 0x0D: bytes.append("\\r")
    case 0..<0x20:
        bytes.append("\\u00")
        bytes.append(byte >> 4 == 0 ? 0x30 : 0x31)
        let low = byte & 15
        bytes.append(low < 10 ? 0x30 + low : 0x57 + low)
    default: bytes.append(byte)
    }
}

/// Appends the inside of the canonical string literal of a UTF-8 text: quotes, backslashes and control characters escaped,
/// everything else bare.
public func appendEscaped(_ utf8: RawSpan, to bytes: inout [UInt8]) {
    let scanner = Scanner(utf8)
    var at = 0
    while at < utf8.byteCount {
        var end = scanner.endOfPlainRun(at)
        while end < utf8.byteCount, utf8.byte(end) >= 0x80 { end = scanner.endOfPlainRun(end &+ 1) }
        if end > at { bytes.append(utf8.extracting(at..<end)) }
        at = end
        guard at < utf8.byteCount else { return }
        appendEscaped(utf8.byte(at), to: &bytes)
        at &+= 1
    }
}
