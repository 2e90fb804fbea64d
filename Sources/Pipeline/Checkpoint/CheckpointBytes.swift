/// Writes the bytes of a checkpoint.
struct CheckpointWriter {
    private(set) var bytes: [UInt8] = []

    mutating func byte(_ value: UInt8) { bytes.append(value) }

    /// Little endian, as many bytes as the type has.
    mutating func fixed(_ value: some FixedWidthInteger & UnsignedInteger) {
        for index in 0..<value.bitWidth / 8 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
    }

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// A count or a distance, which is never below zero; what is counts as zero.
    mutating func varint(_ value: some BinaryInteger) { varint(UInt64(clamping: value)) }

    /// Small numbers of either sign in few bytes.
    mutating func zigzag(_ value: Int64) { varint(UInt64(bitPattern: value << 1 ^ value >> 63)) }

    mutating func counted(_ value: [UInt8]) {
        varint(value.count)
        bytes.append(contentsOf: value)
    }
}

/// Reads them; every step is nil where the bytes end or say what no writer writes.
struct CheckpointReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }
    /// Bytes that are left: no count can be larger.
    var remaining: Int { rest.count }

    mutating func byte() -> UInt8? { rest.popFirst() }

    mutating func fixed<Value: FixedWidthInteger & UnsignedInteger>(_ type: Value.Type) -> Value? {
        let count = Value.bitWidth / 8
        guard rest.count >= count else { return nil }
        let value = rest.prefix(count).reversed().reduce(Value(0)) { $0 << 8 | Value($1) }
        rest = rest.dropFirst(count)
        return value
    }

    /// In its shortest form only: one value has one text.
    mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst(), shift < 63 || byte <= 1 else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return byte == 0 && shift > 0 ? nil : value }
        }
        return nil
    }

    mutating func zigzag() -> Int64? {
        varint().map { Int64(bitPattern: $0 >> 1) ^ -Int64(bitPattern: $0 & 1) }
    }

    /// A count of things that take at least a byte each.
    mutating func count() -> Int? {
        guard let value = varint(), value <= UInt64(rest.count) else { return nil }
        return Int(value)
    }

    /// A number that must fit, such as a distance between offsets.
    mutating func number<Value: FixedWidthInteger>(_ type: Value.Type) -> Value? {
        varint().flatMap { Value(exactly: $0) }
    }

    /// The offset so far below `offset`; nil below zero.
    mutating func offset(below offset: Int64) -> Int64? {
        guard let distance = number(Int64.self), distance <= offset else { return nil }
        return offset - distance
    }

    /// The offset so far above `offset`.
    mutating func offset(above offset: Int64) -> Int64? {
        guard let distance = number(Int64.self), distance <= .max - offset else { return nil }
        return offset + distance
    }

    mutating func counted() -> [UInt8]? {
        guard let count = count() else { return nil }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }
}
