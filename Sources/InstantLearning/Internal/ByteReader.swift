/// Reads what ``ByteWriter`` writes; nil where the bytes end too soon.
struct ByteReader {
    private let source: [UInt8]
    /// The byte that comes next.
    private(set) var position = 0

    init(_ bytes: [UInt8]) { source = bytes }

    var isAtEnd: Bool { position == source.count }

    mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= source.count - position else { return nil }
        defer { position += count }
        return source[position..<position + count]
    }

    mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type) -> Value? {
        guard let bytes = bytes(Value.bitWidth / 8) else { return nil }
        var value: Value = 0
        for byte in bytes.reversed() { value = (Value.bitWidth > 8 ? value << 8 : 0) | Value(truncatingIfNeeded: byte) }
        return value
    }

    mutating func float() -> Float? { integer(UInt32.self).map(Float.init(bitPattern:)) }

    mutating func floats(_ count: Int) -> [Float]? {
        guard count >= 0, count <= (source.count - position) / 4 else { return nil }
        return (0..<count).compactMap { _ in float() }
    }

    mutating func list() -> [Float]? { integer(UInt32.self).flatMap { floats(Int($0)) } }

    mutating func text() -> String? {
        guard let count = integer(UInt32.self), let bytes = bytes(Int(count)) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// A text that may be missing: nil within is none, nil without is the end.
    mutating func optional() -> String?? {
        switch integer(UInt8.self) {
        case 0: .some(nil)
        case 1: text().map { .some($0) }
        default: nil
        }
    }
}
