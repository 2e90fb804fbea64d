/// A string that is compared, ordered and hashed by its UTF-8 bytes. `String` itself takes canonically equivalent texts
/// for equal, which two ids or two JSON keys with different bytes are not.
public struct Text: Sendable, Hashable, Comparable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The string.
    public let string: String

    /// Wraps a string.
    @inlinable
    public init(_ string: String) { self.string = string }

    /// Wraps a literal.
    public init(stringLiteral value: String) { string = value }

    /// The string's UTF-8.
    @inlinable
    public var utf8: String.UTF8View { string.utf8 }

    /// The string.
    public var description: String { string }

    /// The same bytes.
    @inlinable
    public static func == (a: Text, b: Text) -> Bool {
        a.string.utf8.count == b.string.utf8.count && compare(a, b) == 0
    }

    /// By bytes.
    @inlinable
    public static func < (a: Text, b: Text) -> Bool { compare(a, b) < 0 }

    /// Negative, zero or positive as `a` comes before, equals or comes after `b`; eight bytes at a time.
    @inlinable
    public static func compare(_ a: Text, _ b: Text) -> Int {
        a.withBytes { x in b.withBytes { y in compareBytes(x, y) } }
    }

    /// Hashes the bytes.
    @inlinable
    public func hash(into hasher: inout Hasher) {
        withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) } }
        hasher.combine(UInt8(0xFF))
    }
}
