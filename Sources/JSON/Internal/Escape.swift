/// Appends one ASCII byte as it stands inside a canonical string literal.
@inline(__always)
func appendEscaped(_ byte: UInt8, to bytes: inout [UInt8]) {
    if let letter = escapeLetter(of: byte) {
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(letter)
    } else if byte < 0x20 {
        bytes.append("\\u00")
        bytes.append(byte >> 4 == 0 ? 0x30 : 0x31)
        let low = byte & 15
        bytes.append(low < 10 ? 0x30 + low : 0x57 + low)
    } else {
        bytes.append(byte)
    }
}

/// Appends the inside of the canonical string literal of a UTF-8 text: quotes, backslashes and control characters escaped,
/// everything else bare.
public func appendEscaped(_ utf8: RawSpan, to bytes: inout [UInt8]) {
    var at = 0
    while at < utf8.byteCount {
        // one look at the room for all that is left, each byte of which becomes two at most, but for what ends the piece
        bytes.append(addingCapacity: 2 &* (utf8.byteCount &- at)) { output in
            at = output.append(escaping: utf8, from: at)
        }
        guard at < utf8.byteCount else { return }
        appendEscaped(utf8.byte(at), to: &bytes)
        at &+= 1
    }
}

extension OutputSpan<UInt8> {
    /// Appends text from `start` up to a control character that has no letter of its own.
    ///
    /// - Returns: where that stands, or the end.
    @_lifetime(self: copy self)
    fileprivate mutating func append(escaping utf8: RawSpan, from start: Int) -> Int {
        let scanner = Scanner(utf8)
        var at = start
        while at < utf8.byteCount {
            var end = scanner.endOfPlainRun(at)
            while end < utf8.byteCount, utf8.byte(end) >= 0x80 { end = scanner.endOfPlainRun(end &+ 1) }
            append(utf8.extracting(at..<end))
            at = end
            guard at < utf8.byteCount, let letter = escapeLetter(of: utf8.byte(at)) else { break }
            append(UInt8(ascii: "\\"))
            append(letter)
            at &+= 1
        }
        return at
    }
}

/// What stands behind the backslash in place of a byte; nil where that takes more than a letter.
@inline(__always)
private func escapeLetter(of byte: UInt8) -> UInt8? {
    switch byte {
    case 0x22, 0x5C: byte
    case 0x08: UInt8(ascii: "b")
    case 0x09: UInt8(ascii: "t")
    case 0x0A: UInt8(ascii: "n")
    case 0x0C: UInt8(ascii: "f")
    case 0x0D: UInt8(ascii: "r")
    default: nil
    }
}
