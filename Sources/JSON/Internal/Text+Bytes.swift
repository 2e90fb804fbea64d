extension Text {
    /// Copies bytes; nil where they are not UTF-8.
    public init?(utf8 span: RawSpan) {
        let string = unsafe span.withUnsafeBytes { unsafe String(validating: $0, as: UTF8.self) }
        guard let string else { return nil }
        self.init(string)
    }

    /// The text's bytes.
    public var bytes: [UInt8] { Array(string.utf8) }
}

extension [UInt8] {
    /// Appends a part of a span in one copy.
    @inline(__always)
    mutating func append(_ span: RawSpan) {
        unsafe span.withUnsafeBytes { unsafe append(contentsOf: $0) }
    }

    /// Appends the UTF-8 of a literal.
    @inline(__always)
    mutating func append(_ literal: StaticString) {
        unsafe append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }
}

extension RawSpan {
    /// The byte at an index known to be inside.
    @inline(__always)
    func byte(_ index: Int) -> UInt8 { unsafe unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self) }

    /// The eight bytes at an index known to have them.
    @inline(__always)
    func word(_ index: Int) -> UInt64 { unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self) }
}
