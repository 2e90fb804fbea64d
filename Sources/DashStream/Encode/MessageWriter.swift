/// Writes protobuf fields; defaults are left out, as proto3 does.
struct MessageWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ more: [UInt8]) { bytes.append(contentsOf: more) }

    mutating func varint(_ field: UInt32, _ value: UInt64) {
        guard value != 0 else { return }
        bytes.appendVarint(UInt64(field << 3))
        bytes.appendVarint(value)
    }

    mutating func varint(_ field: UInt32, _ value: Int64) { varint(field, UInt64(bitPattern: value)) }

    mutating func data(_ field: UInt32, _ value: [UInt8]) { if !value.isEmpty { message(field, value) } }

    mutating func text(_ field: UInt32, _ value: String) { data(field, Array(value.utf8)) }

    /// A message is written even where it is empty: it is there.
    mutating func message(_ field: UInt32, _ value: [UInt8]) {
        bytes.appendVarint(UInt64(field << 3 | 2))
        bytes.appendVarint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    mutating func double(_ field: UInt32, _ value: Double) {
        bytes.appendVarint(UInt64(field << 3 | 1))
        let bits = value.bitPattern
        for index in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * index))) }
    }

    mutating func floats(_ field: UInt32, _ values: [Float]) {
        guard !values.isEmpty else { return }
        var packed: [UInt8] = []
        for value in values {
            for index in 0..<4 { packed.append(UInt8(truncatingIfNeeded: value.bitPattern >> UInt32(8 * index))) }
        }
        message(field, packed)
    }

    mutating func varints(_ field: UInt32, _ values: [UInt32]) {
        guard !values.isEmpty else { return }
        var packed: [UInt8] = []
        for value in values { packed.appendVarint(UInt64(value)) }
        message(field, packed)
    }
}
