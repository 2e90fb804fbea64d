/// Puts values into bytes whose order is the order of the values.
package struct SortKey {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Appends text; a zero byte is escaped, so that no text reaches into what follows it.
    package mutating func append(_ text: some Sequence<UInt8>) {
        for byte in text {
            bytes.append(byte)
            if byte == 0 { bytes.append(0xFF) }
        }
        bytes.append(0)
        bytes.append(0)
    }

    /// Appends a number that is not negative.
    package mutating func append(_ number: Int) { append(big: UInt64(number)) }

    /// Appends a number of either sign.
    package mutating func append(signed number: Int64) { append(big: UInt64(bitPattern: number) ^ 1 << 63) }

    private mutating func append(big number: UInt64) {
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
}
