/// A JSON Pointer (RFC 6901): names a place in a value. The empty pointer is the whole value.
public struct JSONPointer: Sendable, Hashable {
    /// The reference tokens, unescaped.
    public let tokens: [Text]

    /// Parses `/a/b~1c/0`.
    ///
    /// - Throws: ``JSONError`` where it is not empty and does not begin with `/`, or a `~` is neither `~0` nor `~1`.
    public init(_ text: Text) throws(JSONError) {
        guard !text.string.isEmpty else {
            tokens = []
            return
        }
        var tokens: [Text] = []
        var token: [UInt8] = []
        var tilde = false
        for (at, byte) in text.utf8.enumerated() {
            if at == 0 {
                guard byte == UInt8(ascii: "/") else { throw JSONError(.badPointer, at: 0) }
            } else if tilde {
                guard byte == UInt8(ascii: "0") || byte == UInt8(ascii: "1") else {
                    throw JSONError(.badPointer, at: at)
                }
                token.append(byte == UInt8(ascii: "0") ? UInt8(ascii: "~") : UInt8(ascii: "/"))
                tilde = false
            } else if byte == UInt8(ascii: "~") {
                tilde = true
            } else if byte == UInt8(ascii: "/") {
                tokens.append(Text(String(decoding: token, as: UTF8.self)))
                token.removeAll()
            } else {
                token.append(byte)
            }
        }
        if tilde { throw JSONError(.badPointer, at: text.utf8.count) }
        tokens.append(Text(String(decoding: token, as: UTF8.self)))
        self.tokens = tokens
    }

    /// The field of this name.
    public init(field name: Text) { tokens = [name] }

    /// The value at this place; nil where there is none.
    public func evaluate(_ value: JSONValue) -> JSONValue? {
        var current = value
        for token in tokens {
            switch current {
            case .object(let object):
                guard let next = object[token] else { return nil }
                current = next
            case .array(let elements):
                guard let index = Self.index(token), index < elements.count else { return nil }
                current = elements[index]
            default: return nil
            }
        }
        return current
    }

    /// An array index: decimal without leading zeros.
    static func index(_ token: Text) -> Int? {
        let utf8 = token.utf8
        guard let first = utf8.first, utf8.allSatisfy({ 0x30...0x39 ~= $0 }), first != 0x30 || utf8.count == 1 else {
            return nil
        }
        return Int(token.string)
    }
}
