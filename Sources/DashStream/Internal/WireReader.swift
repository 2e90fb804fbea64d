/// Reads protobuf's wire format; bounds are checked before every load.
struct WireReader: ~Escapable {
    let span: RawSpan
    var at = 0

    @_lifetime(copy span)
    @inline(__always)
    init(_ span: RawSpan) { self.span = span }

    @inline(__always)
    var isAtEnd: Bool { at >= span.byteCount }

    /// A varint of at most 64 bits; nil where it is cut or longer.
    @inline(__always)
    mutating func varint() -> UInt64? {
        guard at < span.byteCount else { return nil }
        let first = unsafe span.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
        at &+= 1
        if first < 0x80 { return UInt64(first) }
        var value = UInt64(first & 0x7F)
        var shift: UInt64 = 7
        while at < span.byteCount {
            let byte = unsafe span.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
            at &+= 1
            value |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 { return value }
            shift &+= 7
            if shift > 63 { return nil }
        }
        return nil
    }

    /// A field's tag: 32 bits, field number not 0.
    @inline(__always)
    mutating func tag() -> UInt32? {
        if at < span.byteCount {
            // fields 1 to 15, which are nearly all
            let first = unsafe span.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
            if first < 0x80 {
                at &+= 1
                return first < 8 ? nil : UInt32(first)
            }
        }
        let start = at
        guard let value = varint(), value <= UInt64(UInt32.max), value >= 8, at &- start <= 5 else { return nil }
        return UInt32(truncatingIfNeeded: value)
    }

    /// A length and as many bytes.
    @_lifetime(copy self)
    @inline(__always)
    mutating func bytes() -> RawSpan? {
        guard let count = varint(), count <= UInt64(span.byteCount &- at) else { return nil }
        let start = at
        at &+= Int(truncatingIfNeeded: count)
        return unsafe span.extracting(unchecked: start..<at)
    }

    @inline(__always)
    mutating func fixed64() -> UInt64? {
        guard span.byteCount &- at >= 8 else { return nil }
        let value = unsafe span.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self)
        at &+= 8
        return UInt64(littleEndian: value)
    }

    @inline(__always)
    mutating func fixed32() -> UInt32? {
        guard span.byteCount &- at >= 4 else { return nil }
        let value = unsafe span.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt32.self)
        at &+= 4
        return UInt32(littleEndian: value)
    }

    /// Passes over a field of no interest, a group with everything in it; false where it is malformed.
    @inline(__always)
    mutating func skip(_ tag: UInt32, depth: Int) -> Bool {
        switch tag & 7 {
        case 0: varint() != nil
        case 2: bytes() != nil
        default: skipRare(tag, depth: depth)
        }
    }

    /// Of the kinds that few messages have.
    @inline(never)
    private mutating func skipRare(_ tag: UInt32, depth: Int) -> Bool {
        switch tag & 7 {
        case 1: return fixed64() != nil
        case 5: return fixed32() != nil
        case 3:
            guard depth < WireReader.maxDepth else { return false }
            while let inner = self.tag() {
                if inner & 7 == 4 { return inner >> 3 == tag >> 3 }
                guard skip(inner, depth: depth &+ 1) else { return false }
            }
            return false
        default: return false
        }
    }

    /// Levels of messages within messages that are read.
    static var maxDepth: Int { 100 }
}

extension RawSpan {
    /// Whether the bytes are UTF-8.
    @inline(__always)
    var isUTF8: Bool {
        var at = 0
        while at &+ 8 <= byteCount {
            let word = unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self)
            if word & 0x8080_8080_8080_8080 != 0 { return isUTF8(from: at) }
            at &+= 8
        }
        while at < byteCount {
            if unsafe unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self) >= 0x80 { return isUTF8(from: at) }
            at &+= 1
        }
        return true
    }

    @inline(never)
    private func isUTF8(from start: Int) -> Bool {
        var at = start
        func byte(_ index: Int) -> UInt8 { unsafe unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self) }
        while at < byteCount {
            let first = byte(at)
            if first < 0x80 {
                at &+= 1
                continue
            }
            let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
            guard first >= 0xC2, first <= 0xF4, at &+ length <= byteCount else { return false }
            let second = byte(at &+ 1)
            let low: UInt8 = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80
            let high: UInt8 = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF
            guard second >= low, second <= high else { return false }
            for index in 2..<Swift.max(2, length) where byte(at &+ index) & 0xC0 != 0x80 { return false }
            at &+= length
        }
        return true
    }

    /// Whether the bytes are the literal's.
    @inline(__always)
    func holds(_ literal: StaticString) -> Bool {
        guard byteCount == literal.utf8CodeUnitCount else { return false }
        for index in 0..<byteCount {
            if unsafe unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self) != literal.utf8Start[index] {
                return false
            }
        }
        return true
    }
}
