extension Text {
    /// Copies bytes; nil where they are not UTF-8.
    public init?(utf8 span: RawSpan) {
        // not `String(validating:as:)`: it looks up its generic types each time, and takes three times as long
        self.init(unsafe span.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) })
        // whatever is no UTF-8 was replaced
        guard withBytes({ $0.byteCount == span.byteCount && compareBytes($0, span) == 0 }) else { return nil }
    }

    /// The text's bytes.
    public var bytes: [UInt8] { Array(string.utf8) }

    /// Lends the text's bytes without a copy, where the string lies in memory as UTF-8: always, outside of Objective-C.
    @inlinable
    @inline(__always)
    public func withBytes<R>(_ body: (RawSpan) -> R) -> R {
        let result = unsafe string.utf8.withContiguousStorageIfAvailable { unsafe body($0.span.bytes) }
        if let result { return result }
        var copy = string
        return copy.withUTF8 { unsafe body($0.span.bytes) }
    }
}

/// Negative, zero or positive as `a` comes before, equals or comes after `b`; eight bytes at a time.
@inlinable
public func compareBytes(_ a: RawSpan, _ b: RawSpan) -> Int {
    let count = min(a.byteCount, b.byteCount)
    var at = 0
    while at &+ 8 <= count {
        let x = unsafe a.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self).bigEndian
        let y = unsafe b.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self).bigEndian
        if x != y { return x < y ? -1 : 1 }
        at &+= 8
    }
    while at < count {
        let x = unsafe a.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
        let y = unsafe b.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
        if x != y { return Int(x) &- Int(y) }
        at &+= 1
    }
    return a.byteCount &- b.byteCount
}

extension [UInt8] {
    /// Appends the bytes of `span` in one copy.
    @inline(__always)
    mutating func append(_ span: RawSpan) {
        append(addingCapacity: span.byteCount) { $0.append(span) }
    }

    /// Appends the UTF-8 of a literal.
    @inline(__always)
    mutating func append(_ literal: StaticString) {
        let count = literal.utf8CodeUnitCount
        append(addingCapacity: count) { output in
            unsafe output.withUnsafeMutableBufferPointer { buffer, filled in
                guard let start = buffer.baseAddress else { return }
                unsafe UnsafeMutableRawPointer(start + filled).copyMemory(from: literal.utf8Start, byteCount: count)
                filled += count
            }
        }
    }
}

extension OutputSpan<UInt8> {
    /// Appends the bytes of `span` in one copy, as far as there is room.
    @_lifetime(self: copy self)
    @inlinable
    @inline(__always)
    package mutating func append(_ span: RawSpan) {
        let count = min(span.byteCount, freeCapacity)
        unsafe withUnsafeMutableBufferPointer { buffer, filled in
            unsafe span.withUnsafeBytes { source in
                guard let start = buffer.baseAddress, let from = source.baseAddress else { return }
                unsafe UnsafeMutableRawPointer(start + filled).copyMemory(from: from, byteCount: count)
                filled += count
            }
        }
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
