import DashStream
import JSON

/// How a message lies in its thread's payload: id, kind, record time, sequence, event time, then the body without the
/// header, whose tenant and thread are known and whose id is needed once.
struct StoredMessage: ~Escapable {
    /// Where it lies in the payload.
    let position: Int
    let id: RawSpan
    let kind: MessageKind
    /// The record's Kafka timestamp, milliseconds.
    let recordTime: Int64
    let sequence: UInt64
    /// The header's timestamp, microseconds.
    let eventTime: Int64
    let body: RawSpan

    /// Reads the message at `position` of a payload; nil where the payload holds none (it never should).
    @_lifetime(copy payload)
    init?(in payload: RawSpan, at position: Int) {
        var reader = StoredReader(payload, at: position)
        guard let id = reader.bytes(), let kind = reader.varint(), let time = reader.varint(),
            let sequence = reader.varint(),
            let event = reader.varint(), let body = reader.bytes(),
            let known = MessageKind(rawValue: UInt8(truncatingIfNeeded: kind))
        else { return nil }
        self.position = position
        self.id = id
        self.kind = known
        recordTime = Int64(bitPattern: time)
        self.sequence = sequence
        eventTime = Int64(bitPattern: event)
        self.body = body
    }

    /// Writes `unit` as it is stored into `bytes`, replacing what was there.
    static func write(_ unit: borrowing DashStream.Unit, at position: RecordPosition, into bytes: inout [UInt8]) {
        let (id, body) = (unit.header.messageID, withoutHeader(unit.body))
        bytes.removeAll(keepingCapacity: true)
        // one look at the room for all of it: six varints and what they count
        bytes.append(addingCapacity: 60 &+ id.byteCount &+ body.byteCount) { output in
            output.append(counted: id)
            output.append(varint: UInt64(unit.kind.rawValue))
            output.append(varint: UInt64(bitPattern: position.timestamp))
            output.append(varint: unit.header.sequence)
            output.append(varint: UInt64(bitPattern: unit.header.timestampMicroseconds))
            output.append(counted: body)
        }
    }

    /// The W3C `traceparent` of the record that carried the message, where it was kept.
    static func traceparent(_ payload: RawSpan, _ entry: ThreadEntry) -> Text? {
        var reader = StoredReader(payload, at: Int(entry.position))
        guard reader.bytes() != nil, reader.varint() != nil, reader.varint() != nil, reader.varint() != nil,
            reader.varint() != nil, reader.bytes() != nil, let value = reader.bytes(), value.byteCount > 0
        else { return nil }
        return Text(utf8: value)
    }

    /// Producers write the header first: then it is left out. Elsewhere it stays, and is skipped when read.
    @_lifetime(copy body)
    private static func withoutHeader(_ body: RawSpan) -> RawSpan {
        var reader = StoredReader(body, at: 0)
        guard reader.varint() == 0x0A, reader.bytes() != nil else { return body }
        return body.extracting(reader.offset..<body.byteCount)
    }
}

/// Reads varints and counted bytes of what this process itself has stored or validated.
struct StoredReader: ~Escapable {
    let span: RawSpan
    var offset: Int

    @_lifetime(copy span)
    init(_ span: RawSpan, at offset: Int) {
        self.span = span
        self.offset = offset
    }

    @inline(__always)
    mutating func varint() -> UInt64? {
        guard offset < span.byteCount else { return nil }
        let first = unsafe span.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
        offset &+= 1
        if first < 0x80 { return UInt64(first) }
        var value = UInt64(first & 0x7F)
        var shift: UInt64 = 7
        while offset < span.byteCount, shift < 64 {
            let byte = unsafe span.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
            offset &+= 1
            value |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 { return value }
            shift &+= 7
        }
        return nil
    }

    @_lifetime(copy self)
    @inline(__always)
    mutating func bytes() -> RawSpan? {
        guard let count = varint(), count <= UInt64(span.byteCount &- offset) else { return nil }
        let start = offset
        offset &+= Int(count)
        return span.extracting(start..<offset)
    }
}

extension [UInt8] {
    /// Appends a base-128 varint.
    @inline(__always)
    mutating func appendVarint(_ value: UInt64) {
        guard value >= 0x80 else { return append(UInt8(truncatingIfNeeded: value)) }
        // one look at the room for all of its bytes
        append(addingCapacity: 10) { $0.append(varint: value) }
    }

    /// Appends the bytes behind their count.
    @inline(__always)
    mutating func appendCounted(_ span: RawSpan) {
        appendVarint(UInt64(span.byteCount))
        append(span)
    }
}

extension OutputSpan<UInt8> {
    /// Appends a base-128 varint.
    @_lifetime(self: copy self)
    @inline(__always)
    fileprivate mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest &>>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends the bytes behind their count, in one copy.
    @_lifetime(self: copy self)
    @inline(__always)
    fileprivate mutating func append(counted span: RawSpan) {
        append(varint: UInt64(span.byteCount))
        append(span)
    }
}
