import JSON

/// Reads one protobuf message strictly: what is cut, of the wrong kind or unknown is an error that says where.
struct ProtobufReader: ~Escapable {
    /// A field's number and how it is packed.
    struct Tag: Equatable {
        let field: UInt32
        let wire: UInt8
    }

    private let span: RawSpan
    /// The message's name, for errors.
    private let name: StaticString
    /// Where the message begins in the record.
    private let base: Int
    private var at = 0

    @_lifetime(copy span)
    init(_ span: RawSpan, _ name: StaticString, base: Int = 0) {
        self.span = span
        self.name = name
        self.base = base
    }

    /// A problem with what is being read.
    func problem(_ what: String) -> ScoredProblem { ScoredProblem("\(name) \(what)", byte: base + at) }

    /// The next field's tag; nil at the end.
    mutating func tag() throws(ScoredProblem) -> Tag? {
        guard at < span.byteCount else { return nil }
        let value = try raw()
        guard value >= 8, value <= UInt64(UInt32.max) else { throw problem("has a malformed tag") }
        return Tag(field: UInt32(value &>> 3), wire: UInt8(value & 7))
    }

    /// What to throw for a field that the schema does not have.
    func unknown(_ tag: Tag) -> ScoredProblem { problem("has a field \(tag.field), which this version does not know") }

    private func expect(_ tag: Tag, _ wire: UInt8) throws(ScoredProblem) {
        guard tag.wire == wire else { throw problem("has field \(tag.field) with wire type \(tag.wire), not \(wire)") }
    }

    @inline(__always)
    private mutating func raw() throws(ScoredProblem) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while at < span.byteCount {
            let byte = unsafe span.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
            at &+= 1
            if shift == 63, byte > 1 { break }
            value |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 { return value }
            shift &+= 7
        }
        throw problem("is cut off, or has a number of more than 64 bits")
    }

    mutating func varint(_ tag: Tag) throws(ScoredProblem) -> UInt64 {
        try expect(tag, 0)
        return try raw()
    }

    mutating func signed(_ tag: Tag) throws(ScoredProblem) -> Int64 { try Int64(bitPattern: varint(tag)) }

    /// A number from 0 to the largest of 32 bits with a sign.
    mutating func count(_ tag: Tag) throws(ScoredProblem) -> Int {
        let value = try varint(tag)
        guard value <= UInt64(Int32.max) else { throw problem("has field \(tag.field) out of range: \(value)") }
        return Int(value)
    }

    mutating func flag(_ tag: Tag) throws(ScoredProblem) -> Bool {
        let value = try varint(tag)
        guard value <= 1 else { throw problem("has field \(tag.field), a truth value, of \(value)") }
        return value == 1
    }

    mutating func double(_ tag: Tag) throws(ScoredProblem) -> Double {
        try expect(tag, 1)
        guard span.byteCount &- at >= 8 else { throw problem("is cut off") }
        let bits = unsafe span.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self)
        at &+= 8
        return Double(bitPattern: UInt64(littleEndian: bits))
    }

    /// A field's bytes, of a message or of packed values too.
    @_lifetime(copy self)
    mutating func bytes(_ tag: Tag) throws(ScoredProblem) -> RawSpan {
        try expect(tag, 2)
        let count = try raw()
        guard count <= UInt64(span.byteCount &- at) else { throw problem("is cut off in field \(tag.field)") }
        let start = at
        at &+= Int(count)
        return span.extracting(start..<at)
    }

    mutating func text(_ tag: Tag) throws(ScoredProblem) -> Text {
        guard let text = Text(utf8: try bytes(tag)) else { throw problem("has field \(tag.field), which is not UTF-8") }
        return text
    }

    mutating func data(_ tag: Tag) throws(ScoredProblem) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(try self.bytes(tag))
        return bytes
    }

    /// A message within the message.
    @_lifetime(copy self)
    mutating func message(_ tag: Tag, _ name: StaticString) throws(ScoredProblem) -> ProtobufReader {
        let inner = try bytes(tag)
        return ProtobufReader(inner, name, base: base &+ at &- inner.byteCount)
    }

    /// The next packed varint; nil at the end.
    mutating func packed() throws(ScoredProblem) -> UInt64? {
        guard at < span.byteCount else { return nil }
        return try raw()
    }

    /// The next packed varint, of 32 bits.
    mutating func packed32() throws(ScoredProblem) -> UInt32? {
        guard let value = try packed() else { return nil }
        guard value <= UInt64(UInt32.max) else { throw problem("has a number of more than 32 bits: \(value)") }
        return UInt32(value)
    }

    /// The packed floats of a field.
    mutating func floats(_ tag: Tag) throws(ScoredProblem) -> [Float] {
        let packed = try bytes(tag)
        guard packed.byteCount % 4 == 0 else { throw problem("has field \(tag.field) with a piece of a number") }
        var values: [Float] = []
        values.append(addingCapacity: packed.byteCount / 4) { output in
            for offset in stride(from: 0, to: packed.byteCount, by: 4) {
                let bits = unsafe packed.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt32.self)
                output.append(Float(bitPattern: UInt32(littleEndian: bits)))
            }
        }
        return values
    }

    /// The packed numbers of a field.
    mutating func numbers(_ tag: Tag) throws(ScoredProblem) -> [UInt32] {
        var inner = try message(tag, name)
        var values = [UInt32](repeating: 0, count: inner.packedCount)
        var span = values.mutableSpan
        var index = 0
        while let value = try inner.packed32() {
            span[index] = value
            index &+= 1
        }
        return values
    }

    /// How many varints are left: each ends with a byte below 0x80. One that is cut off is not among them, and is refused
    /// where it is read.
    private var packedCount: Int {
        var count = 0
        for index in at..<span.byteCount {
            count &+= unsafe Int(span.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self) &>> 7 ^ 1)
        }
        return count
    }

    /// The packed ranges of a field: four numbers each. Whether they lie within the text is for its owner to check.
    mutating func fields(_ tag: Tag) throws(ScoredProblem) -> [SampleField] {
        var inner = try message(tag, name)
        var fields: [SampleField] = []
        // at least a byte a number
        fields.reserveCapacity(inner.span.byteCount / 6)
        while let start = try inner.packed32() {
            guard let count = try inner.packed32(), let valueStart = try inner.packed32(),
                let valueCount = try inner.packed32()
            else { throw inner.problem("ends within a field's ranges") }
            let name = ByteRange(start: start, count: count)
            fields.append(SampleField(name: name, value: ByteRange(start: valueStart, count: valueCount)))
        }
        return fields
    }
}
