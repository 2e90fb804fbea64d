/// Reading fields of a message that the validator has passed: the last occurrence counts, what is absent is the default.
extension RawSpan {
    /// No bytes.
    static var none: RawSpan {
        @_lifetime(immortal)
        get { RawSpan() }
    }

    /// The field's varint; 0 where it is absent.
    @inline(__always)
    func varint(_ field: UInt32) -> UInt64 { optionalVarint(field) ?? 0 }

    @inline(__always)
    func optionalVarint(_ field: UInt32) -> UInt64? {
        var reader = WireReader(self)
        var value: UInt64?
        while let tag = reader.tag() {
            if tag == field << 3 {
                value = reader.varint()
            } else if !reader.skip(tag, depth: 0) {
                break
            }
        }
        return value
    }

    /// The field's bytes, of a string or a message too; nil where it is absent.
    @_lifetime(copy self)
    @inline(__always)
    func optionalBytes(_ field: UInt32) -> RawSpan? {
        var reader = WireReader(self)
        var value: RawSpan?
        while let tag = reader.tag() {
            if tag == field << 3 | 2 {
                value = reader.bytes()
            } else if !reader.skip(tag, depth: 0) {
                break
            }
        }
        return value
    }

    /// The field's bytes; none where it is absent.
    @_lifetime(copy self)
    @inline(__always)
    func bytes(_ field: UInt32) -> RawSpan {
        if let bytes = optionalBytes(field) { return bytes }
        return extracting(0..<0)
    }

    /// The bytes of a field that the validator lets come once only, a single message's: nobody looks behind it.
    @_lifetime(copy self)
    @inline(__always)
    func singleBytes(_ field: UInt32) -> RawSpan? {
        var reader = WireReader(self)
        while let tag = reader.tag() {
            if tag == field << 3 | 2 { return reader.bytes() }
            guard reader.skip(tag, depth: 0) else { return nil }
        }
        return nil
    }

    /// The field's eight bytes; nil where it is absent.
    func optionalFixed64(_ field: UInt32) -> UInt64? {
        var reader = WireReader(self)
        var value: UInt64?
        while let tag = reader.tag() {
            if tag == field << 3 | 1 {
                value = reader.fixed64()
            } else if !reader.skip(tag, depth: 0) {
                break
            }
        }
        return value
    }

    /// The field's four bytes; 0 where it is absent.
    func fixed32(_ field: UInt32) -> UInt32 {
        var reader = WireReader(self)
        var value: UInt32 = 0
        while let tag = reader.tag() {
            if tag == field << 3 | 5 {
                value = reader.fixed32() ?? 0
            } else if !reader.skip(tag, depth: 0) {
                break
            }
        }
        return value
    }

    var frameByte: UInt8 { byteCount > 0 ? unsafe unsafeLoad(as: UInt8.self) : 0 }

    var beginsLikeZstd: Bool { beginning == 0xFD2F_B528 }

    /// A frame that decoders pass over (RFC 8878, section 3.1.2): a frame with data may stand behind it.
    var beginsLikeSkippableZstd: Bool { beginning.map { $0 & 0xFFFF_FFF0 == 0x184D_2A50 } ?? false }

    private var beginning: UInt32? {
        guard byteCount >= 4 else { return nil }
        return unsafe UInt32(littleEndian: unsafeLoadUnaligned(as: UInt32.self))
    }
}

/// The occurrences of a field of bytes, strings or messages, in order.
struct FieldCursor: ~Escapable {
    private var reader: WireReader
    private let tag: UInt32

    @_lifetime(copy span)
    @inline(__always)
    init(_ span: RawSpan, _ field: UInt32) {
        reader = WireReader(span)
        tag = field << 3 | 2
    }

    @_lifetime(copy self)
    @inline(__always)
    mutating func next() -> RawSpan? {
        while let tag = reader.tag() {
            if tag == self.tag { return reader.bytes() }
            guard reader.skip(tag, depth: 0) else { return nil }
        }
        return nil
    }
}

/// An entry of a map: its key and its value, found in one walk.
struct MapEntry: ~Escapable {
    private(set) var name: RawSpan
    private(set) var value: RawSpan

    @_lifetime(copy span)
    @inline(__always)
    init(_ span: RawSpan) {
        let none = span.extracting(0..<0)
        name = none
        value = none
        var reader = WireReader(span)
        while let tag = reader.tag() {
            switch tag {
            case 0x0A: if let bytes = reader.bytes() { name = bytes }
            case 0x12: if let bytes = reader.bytes() { value = bytes }
            default: guard reader.skip(tag, depth: 0) else { return }
            }
        }
    }
}

extension Int32 {
    /// An enum's number from its varint, which may be longer.
    @inline(__always)
    init(wire: UInt64) { self.init(truncatingIfNeeded: wire) }
}
