import JSON

/// Writes protobuf fields into one buffer, messages within messages in place; defaults are left out, as proto3 does.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    init(reserving count: Int = 0) { bytes.reserveCapacity(count) }

    private mutating func tag(_ field: UInt32, _ wire: UInt32) { bytes.appendVarint(UInt64(field << 3 | wire)) }

    mutating func varint(_ field: UInt32, _ value: UInt64) {
        if value != 0 { optional(field, value) }
    }

    mutating func varint(_ field: UInt32, _ value: Int64) { varint(field, UInt64(bitPattern: value)) }

    mutating func varint(_ field: UInt32, _ value: Int) { varint(field, Int64(value)) }

    mutating func flag(_ field: UInt32, _ value: Bool) { varint(field, value ? 1 : UInt64(0)) }

    /// A varint that may be absent: written even where it is 0.
    mutating func optional(_ field: UInt32, _ value: UInt64?) {
        guard let value else { return }
        tag(field, 0)
        bytes.appendVarint(value)
    }

    mutating func double(_ field: UInt32, _ value: Double) {
        if value.bitPattern != 0 { optional(field, value) }
    }

    /// A double that may be absent: written even where it is 0.
    mutating func optional(_ field: UInt32, _ value: Double?) {
        guard let value else { return }
        tag(field, 1)
        let bits = value.bitPattern
        bytes.append(addingCapacity: 8) { output in
            for index in 0..<8 { output.append(UInt8(truncatingIfNeeded: bits &>> (8 &* UInt64(index)))) }
        }
    }

    mutating func text(_ field: UInt32, _ value: Text) {
        if !value.string.isEmpty { optional(field, value) }
    }

    mutating func text(_ field: UInt32, _ value: String) { text(field, Text(value)) }

    /// A text that may be absent: written even where it is empty.
    mutating func optional(_ field: UInt32, _ value: Text?) {
        guard let value else { return }
        tag(field, 2)
        value.withBytes { bytes.appendCounted($0) }
    }

    /// Bytes of any length, written even where there are none.
    mutating func data(_ field: UInt32, _ value: [UInt8]) {
        tag(field, 2)
        bytes.appendVarint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// Part of another buffer.
    mutating func data(_ field: UInt32, _ value: RawSpan) {
        tag(field, 2)
        bytes.appendCounted(value)
    }

    /// A message, or packed values; written even where it is empty: it is there.
    ///
    /// - Parameter following: bytes of the message that the caller will append behind what `body` writes.
    mutating func message(_ field: UInt32, following: Int = 0, _ body: (inout ProtobufWriter) -> Void) {
        let start = begin(field)
        body(&self)
        end(start, following: following)
    }

    /// Begins a message; what is written until ``end(_:following:)`` belongs to it.
    mutating func begin(_ field: UInt32) -> Int {
        tag(field, 2)
        bytes.append(0)
        return bytes.count
    }

    /// Ends the message that began at `start`.
    ///
    /// - Parameter following: bytes of the message that the caller will append behind what was written.
    mutating func end(_ start: Int, following: Int = 0) {
        let length = bytes.count &- start &+ following
        guard length >= 0x80 else {
            bytes[start &- 1] = UInt8(length)
            return
        }
        // what was written moves by the few bytes that its length takes beyond the first
        let count = (UInt64.bitWidth &- UInt64(length).leadingZeroBitCount &+ 6) / 7
        bytes.insert(contentsOf: repeatElement(0, count: count &- 1), at: start)
        for index in 0..<count {
            let more: UInt8 = index &+ 1 < count ? 0x80 : 0
            bytes[start &- 1 &+ index] = UInt8(truncatingIfNeeded: (length &>> (7 &* index)) & 0x7F) | more
        }
    }

    /// Values one after the other, without a tag each.
    mutating func packed(_ field: UInt32, _ values: [UInt32]) {
        guard !values.isEmpty else { return }
        message(field) { writer in for value in values { writer.bytes.appendVarint(UInt64(value)) } }
    }

    mutating func packed(_ field: UInt32, _ values: [UInt64]) {
        guard !values.isEmpty else { return }
        message(field) { writer in for value in values { writer.bytes.appendVarint(value) } }
    }

    mutating func packed(_ field: UInt32, _ values: [Float]) {
        guard !values.isEmpty else { return }
        message(field) { writer in
            writer.bytes.append(addingCapacity: 4 &* values.count) { output in
                for value in values {
                    for shift in stride(from: UInt32(0), to: 32, by: 8) {
                        output.append(UInt8(truncatingIfNeeded: value.bitPattern &>> shift))
                    }
                }
            }
        }
    }

    /// Ranges, each as its start and its count.
    mutating func packed(_ field: UInt32, _ fields: [SampleField]) {
        guard !fields.isEmpty else { return }
        message(field) { writer in
            for field in fields {
                writer.bytes.appendVarint(UInt64(field.name.start))
                writer.bytes.appendVarint(UInt64(field.name.count))
                writer.bytes.appendVarint(UInt64(field.value.start))
                writer.bytes.appendVarint(UInt64(field.value.count))
            }
        }
    }

    /// Bytes as they are.
    mutating func raw(_ span: RawSpan) { bytes.append(span) }

    mutating func raw(_ byte: UInt8) { bytes.append(byte) }
}
