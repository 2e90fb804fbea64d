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
        a.string.utf8.count == b.string.utf8.count && compare(a, b) == 0
    }

    /// By bytes.
    public static func < (a: Text, b: Text) -> Bool { compare(a, b) < 0 }

    /// Negative, zero or positive as `a` comes before, equals or comes after `b`; eight bytes at a time.
    public static func compare(_ a: Text, _ b: Text) -> Int {
        var (left, right) = (a.string, b.string)
        return left.withUTF8 { x in
            right.withUTF8 { y in
                let count = min(x.count, y.count)
                var at = 0
                let (p, q) = (UnsafeRawBufferPointer(x), UnsafeRawBufferPointer(y))
                while at + 8 <= count {
                    let u = unsafe p.loadUnaligned(fromByteOffset: at, as: UInt64.self).bigEndian
                    let v = unsafe q.loadUnaligned(fromByteOffset: at, as: UInt64.self).bigEndian
                    if u != v { return u < v ? -1 : 1 }
                    at += 8
                }
                while at < count {
                    if unsafe p[at] != q[at] { return unsafe Int(p[at]) - Int(q[at]) }
                    at += 1
                }
                return x.count - y.count
            }
        }
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        var copy = string
        copy.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(UInt8(0xFF))
    }
}
