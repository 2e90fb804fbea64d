/// Reads numbers, the lowest byte first, and byte strings.
package struct LittleEndianReader: ~Escapable {
    @usableFromInline
    package let span: RawSpan
    /// Bytes read so far.
    @usableFromInline
    package internal(set) var offset = 0

    @_lifetime(copy span)
    package init(_ span: RawSpan) { self.span = span }

    package var isAtEnd: Bool { offset == span.byteCount }

    /// An unsigned number of `count` bytes, at most 8.
    @inlinable
    @inline(__always)
    package mutating func integer(_ count: Int) -> UInt64? {
        guard span.byteCount &- offset >= count else { return nil }
        var value: UInt64 = 0
        switch count {
        case 8: unsafe value = span.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self).littleEndian
        case 4:
            let word = unsafe span.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt32.self).littleEndian
            value = UInt64(word)
        case 2:
            let word = unsafe span.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt16.self).littleEndian
            value = UInt64(word)
        default:
            for index in 0..<count {
                let byte = unsafe span.unsafeLoad(fromUncheckedByteOffset: offset &+ index, as: UInt8.self)
                value |= UInt64(byte) &<< UInt64(8 &* index)
            }
        }
        offset &+= count
        return value
    }

    @_lifetime(copy self)
    @inlinable
    @inline(__always)
    package mutating func bytes(_ count: Int) -> RawSpan? {
        guard count >= 0, span.byteCount &- offset >= count else { return nil }
        let start = offset
        offset &+= count
        return span.extracting(start..<offset)
    }
}

extension RawSpan {
    /// Whether the bytes are the literal's.
    @inlinable
    @inline(__always)
    package func holds(_ literal: StaticString) -> Bool {
        guard byteCount == literal.utf8CodeUnitCount else { return false }
        for index in 0..<byteCount {
            if unsafe unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self) != literal.utf8Start[index] {
                return false
            }
        }
        return true
    }
}
