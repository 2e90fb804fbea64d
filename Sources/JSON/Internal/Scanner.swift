/// Reads JSON's tokens from bytes: whitespace, strings, numbers, literals.
struct Scanner: ~Escapable {
    let span: RawSpan
    var at = 0

    @_lifetime(copy span)
    init(_ span: RawSpan) { self.span = span }

    var count: Int { span.byteCount }

    @inline(__always)
    mutating func skipWhitespace() {
        while at < count {
            let byte = span.byte(at)
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            at &+= 1
        }
    }

    /// The next byte that is no whitespace, not consumed.
    @inline(__always)
    mutating func peek() throws(JSONError) -> UInt8 {
        skipWhitespace()
        guard at < count else { throw JSONError(.unexpectedEnd, at: at) }
        return span.byte(at)
    }

    mutating func expect(_ literal: StaticString) throws(JSONError) {
        for index in 0..<literal.utf8CodeUnitCount {
            guard at < count else { throw JSONError(.unexpectedEnd, at: at) }
            guard unsafe span.byte(at) == literal.utf8Start[index] else { throw JSONError(.unexpectedByte, at: at) }
            at &+= 1
        }
    }

    /// Index of the first byte at or after `at` that is not plain ASCII text of a string.
    @inline(__always)
    func endOfPlainRun(_ start: Int) -> Int {
        var index = start
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        while index &+ 8 <= count {
            // the lowest byte that is marked is one for certain: borrows reach upwards only
            let word = UInt64(littleEndian: span.word(index))
            let control = (word &- ones &* 0x20) & ~word
            let quote = word ^ (ones &* 0x22)
            let slash = word ^ (ones &* 0x5C)
            let special = (control | ((quote &- ones) & ~quote) | ((slash &- ones) & ~slash) | word) & highs
            if special != 0 { return index &+ special.trailingZeroBitCount &>> 3 }
            index &+= 8
        }
        while index < count {
            let byte = span.byte(index)
            if byte < 0x20 || byte == 0x22 || byte == 0x5C || byte >= 0x80 { break }
            index &+= 1
        }
        return index
    }

    /// Reads the string whose opening quote stands at `at`. With `canonical` the bytes appended are those of its canonical
    /// literal without the quotes, else the text's own. Returns whether both are the same so far as this string goes.
    mutating func string(canonical: Bool, into bytes: inout [UInt8]) throws(JSONError) -> Bool {
        at &+= 1
        var isPlain = true
        while true {
            let end = endOfPlainRun(at)
            if end > at { bytes.append(span.extracting(at..<end)) }
            at = end
            guard at < count else { throw JSONError(.unexpectedEnd, at: at) }
            let byte = span.byte(at)
            if byte == 0x22 {
                at &+= 1
                return isPlain
            }
            if byte >= 0x80 {
                let length = try sequenceLength()
                bytes.append(span.extracting(at..<at &+ length))
                at &+= length
            } else if byte == 0x5C {
                isPlain = false
                try escape(canonical, &bytes)
            } else {
                throw JSONError(.badString, at: at)
            }
        }
    }

    /// Bytes of the UTF-8 sequence at `at` (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF).
    private func sequenceLength() throws(JSONError) -> Int {
        let first = span.byte(at)
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        guard first >= 0xC2, first <= 0xF4, at &+ length <= count else { throw JSONError(.invalidUTF8, at: at) }
        let second = span.byte(at &+ 1)
        let low: UInt8 = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80
        let high: UInt8 = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF
        guard second >= low, second <= high else { throw JSONError(.invalidUTF8, at: at) }
        for index in 2..<max(2, length) where span.byte(at &+ index) & 0xC0 != 0x80 {
            throw JSONError(.invalidUTF8, at: at)
        }
        return length
    }

    private mutating func escape(_ canonical: Bool, _ bytes: inout [UInt8]) throws(JSONError) {
        let start = at
        guard at &+ 1 < count else { throw JSONError(.unexpectedEnd, at: count) }
        let letter = span.byte(at &+ 1)
        at &+= 2
        let scalar: UInt32
        switch letter {
        case UInt8(ascii: "\""): scalar = 0x22
        case UInt8(ascii: "\\"): scalar = 0x5C
        case UInt8(ascii: "/"): scalar = 0x2F
        case UInt8(ascii: "b"): scalar = 0x08
        case UInt8(ascii: "f"): scalar = 0x0C
        case UInt8(ascii: "n"): scalar = 0x0A
        case UInt8(ascii: "r"): scalar = 0x0D
        case UInt8(ascii: "t"): scalar = 0x09
        case UInt8(ascii: "u"):
            let first = try hex()
            if first >= 0xDC00, first <= 0xDFFF { throw JSONError(.loneSurrogate, at: start) }
            if first >= 0xD800, first <= 0xDBFF {
                guard at &+ 1 < count, span.byte(at) == UInt8(ascii: "\\"), span.byte(at &+ 1) == UInt8(ascii: "u")
                else {
                    throw JSONError(.loneSurrogate, at: start)
                }
                at &+= 2
                let second = try hex()
                guard second >= 0xDC00, second <= 0xDFFF else { throw JSONError(.loneSurrogate, at: start) }
                scalar = 0x10000 &+ ((first &- 0xD800) << 10) &+ (second &- 0xDC00)
            } else {
                scalar = first
            }
        default: throw JSONError(.badString, at: start)
        }
        append(scalar, canonical, &bytes)
    }

    private mutating func hex() throws(JSONError) -> UInt32 {
        guard at &+ 4 <= count else { throw JSONError(.unexpectedEnd, at: count) }
        var value: UInt32 = 0
        for _ in 0..<4 {
            let byte = span.byte(at)
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x37
            case 0x61...0x66: digit = byte - 0x57
            default: throw JSONError(.badString, at: at)
            }
            value = value << 4 | UInt32(digit)
            at &+= 1
        }
        return value
    }

    private func append(_ scalar: UInt32, _ canonical: Bool, _ bytes: inout [UInt8]) {
        if scalar < 0x80 {
            let byte = UInt8(truncatingIfNeeded: scalar)
            if canonical { appendEscaped(byte, to: &bytes) } else { bytes.append(byte) }
        } else if scalar < 0x800 {
            bytes.append(UInt8(0xC0 | scalar >> 6))
            bytes.append(UInt8(0x80 | scalar & 0x3F))
        } else if scalar < 0x10000 {
            bytes.append(UInt8(0xE0 | scalar >> 12))
            bytes.append(UInt8(0x80 | scalar >> 6 & 0x3F))
            bytes.append(UInt8(0x80 | scalar & 0x3F))
        } else {
            bytes.append(UInt8(0xF0 | scalar >> 18))
            bytes.append(UInt8(0x80 | scalar >> 12 & 0x3F))
            bytes.append(UInt8(0x80 | scalar >> 6 & 0x3F))
            bytes.append(UInt8(0x80 | scalar & 0x3F))
        }
    }
}
