/// Writes numbers and texts, little endian.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    mutating func bytes(_ more: [UInt8]) { bytes.append(contentsOf: more) }

    mutating func integer<Value: FixedWidthInteger>(_ value: Value) {
        for index in 0..<Value.bitWidth / 8 { bytes.append(UInt8(truncatingIfNeeded: value >> Value(8 * index))) }
    }

    mutating func float(_ value: Float) { integer(value.bitPattern) }

    mutating func floats(_ values: [Float]) { for value in values { float(value) } }

    mutating func text(_ value: String) {
        integer(UInt32(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    /// A text that may be missing.
    mutating func optional(_ value: String?) {
        integer(UInt8(value == nil ? 0 : 1))
        if let value { text(value) }
    }

    mutating func list(_ values: [Float]) {
        integer(UInt32(values.count))
        floats(values)
    }
}
