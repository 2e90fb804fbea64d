internal import JSON

extension [UInt8] {
    /// Appends the bytes of `span` in one copy.
    @inline(__always)
    mutating func append(_ span: RawSpan) {
        append(addingCapacity: span.byteCount) { $0.append(span) }
    }

    /// Appends `range` of `other` in one copy.
    @inline(__always)
    mutating func append(_ other: [UInt8], _ range: ByteRange) {
        append(other.span(range))
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

    /// The bytes of `range`, borrowed.
    @_lifetime(borrow self)
    @inline(__always)
    func span(_ range: ByteRange) -> RawSpan {
        unsafe self.span.bytes.span(range)
    }
}

extension [UInt8] {
    /// Appends a field of an object with a comma before it, unless it is the first one.
    ///
    /// - Parameters:
    ///   - name: as it stands between the quotes.
    ///   - value: its JSON.
    @inline(__always)
    mutating func append(field name: RawSpan, _ value: RawSpan, isFirst: Bool) {
        append(addingCapacity: name.byteCount &+ value.byteCount &+ 4) { output in
            if !isFirst { output.append(UInt8(ascii: ",")) }
            output.append(UInt8(ascii: "\""))
            output.append(name)
            output.append(UInt8(ascii: "\""))
            output.append(UInt8(ascii: ":"))
            output.append(value)
        }
    }
}

extension RawSpan {
    /// The bytes of `range`.
    @_lifetime(copy self)
    @inline(__always)
    func span(_ range: ByteRange) -> RawSpan {
        let start = min(Int(range.start), byteCount)
        return extracting(start..<min(start &+ Int(range.count), byteCount))
    }
}

/// A range of an arena that never exceeds 4 GiB: half the size of `Range<Int>`.
struct ByteRange: Hashable, Sendable {
    var start: UInt32
    var count: UInt32

    static let empty = ByteRange(start: 0, count: 0)

    init(start: UInt32, count: UInt32) {
        self.start = start
        self.count = count
    }

    init(_ start: Int, _ end: Int) {
        self.start = UInt32(truncatingIfNeeded: start)
        count = UInt32(truncatingIfNeeded: end &- start)
    }

    var end: Int { Int(start) &+ Int(count) }
}

extension Array {
    /// Appends to a list that may be long: it grows by a quarter, since doubling leaves half of it empty.
    mutating func append(sparing element: Element) {
        if count == capacity { reserveCapacity(count + count / 4 + 16) }
        append(element)
    }

    /// The same elements in memory that is theirs alone, without room for more.
    var exactCopy: [Element] {
        var copy: [Element] = []
        copy.reserveCapacity(count)
        copy.append(contentsOf: self)
        return copy
    }
}
