extension [UInt8] {
    /// Appends the low `count` bytes of a number, the lowest first.
    @inlinable
    @inline(__always)
    package mutating func append(little value: UInt64, _ count: Int) {
        for index in 0..<count { append(UInt8(truncatingIfNeeded: value &>> UInt64(8 &* index))) }
    }

    /// Appends the bytes of `span` in one copy.
    @inlinable
    @inline(__always)
    package mutating func append(_ span: RawSpan) {
        unsafe span.withUnsafeBytes { unsafe append(contentsOf: $0) }
    }

    /// A copy of the bytes of `span`.
    @inlinable
    package init(_ span: RawSpan) { self = unsafe span.withUnsafeBytes { unsafe Array($0) } }
}
