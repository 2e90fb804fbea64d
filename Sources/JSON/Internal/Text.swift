/// A string that is compared, ordered and hashed by its UTF-8 bytes. `String` itself takes canonically equivalent texts
/// for equal, which two ids or two JSON keys with different bytes are not.
public struct Text: Sendable, Hashable, Comparable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The string.
    public let string: String

    /// Wraps a string.
    public init(_ string: String) { self.string = string }

    /// Wraps a literal.
    public init(stringLiteral value: String) { string = value }

    /// The string's UTF-8.
    public var utf8: String.UTF8View { string.utf8 }

    /// The string.
    public var description: String { string }

    /// The same bytes.
    public static func == (a: Text, b: Text) -> Bool {
        a.string.utf8.count == b.string.utf8.count && a.string.utf8.elementsEqual(b.string.utf8)
    }

    /// By bytes.
    public static func < (a: Text, b: Text) -> Bool { a.string.utf8.lexicographicallyPrecedes(b.string.utf8) }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        var copy = string
        copy.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(UInt8(0xFF))
    }
}
