import JSON

extension ThreadState {
    /// Finds the fields of the canonical object at `text`; canonical text is well-formed and in key order.
    mutating func split(_ text: ByteRange) {
        fields.removeAll(keepingCapacity: true)
        var at = Int(text.start) + 1
        let end = text.end - 1
        while at < end {
            let nameStart = at + 1
            let nameEnd = endOfString(at)
            let valueStart = nameEnd + 2
            let valueEnd = endOfValue(valueStart, end)
            let name = ByteRange(nameStart, nameEnd)
            fields.append(
                StateField(
                    key: unescaped(name),
                    name: name,
                    value: ByteRange(valueStart, valueEnd),
                    hasPositiveExponent: false
                )
            )
            at = valueEnd + 1
        }
    }

    /// Index of the closing quote of the string that opens at `start`.
    private func endOfString(_ start: Int) -> Int {
        var at = start + 1
        while at < arena.count, arena[at] != UInt8(ascii: "\"") { at += arena[at] == UInt8(ascii: "\\") ? 2 : 1 }
        return at
    }

    private func endOfValue(_ start: Int, _ end: Int) -> Int {
        var at = start
        var depth = 0
        while at < end {
            switch arena[at] {
            case UInt8(ascii: "\""): at = endOfString(at)
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ",") where depth == 0: return at
            default: break
            }
            at += 1
        }
        return at
    }

    /// The key's own bytes: where nothing is escaped, the name itself.
    private mutating func unescaped(_ name: ByteRange) -> ByteRange {
        guard contains(name, UInt8(ascii: "\\")) else { return name }
        var literal: [UInt8] = [UInt8(ascii: "\"")]
        literal.append(arena, name)
        literal.append(UInt8(ascii: "\""))
        guard case .string(let text)? = try? JSONValue(parsing: literal) else { return name }
        let start = arena.count
        arena.append(contentsOf: text.utf8)
        return ByteRange(start, arena.count)
    }

    private func contains(_ range: ByteRange, _ byte: UInt8) -> Bool {
        for at in Int(range.start)..<range.end where arena[at] == byte { return true }
        return false
    }

    /// Writes `key` into the arena as a field's key and name.
    mutating func appendKey(_ key: RawSpan) -> (key: ByteRange, name: ByteRange) {
        let start = arena.count
        arena.append(key)
        let own = ByteRange(start, arena.count)
        appendEscaped(key, to: &arena)
        let name = ByteRange(own.end, arena.count)
        if name.count == own.count {
            // nothing was escaped: one copy serves as both
            arena.removeLast(Int(name.count))
            return (own, own)
        }
        return (own, name)
    }
}

/// Whether canonical text holds a number whose other form would have a sign in its exponent.
func holdsPositiveExponent(_ text: RawSpan) -> Bool {
    var at = 0
    while at < text.byteCount {
        let byte = unsafe text.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
        if byte == UInt8(ascii: "\"") {
            at += 1
            while at < text.byteCount {
                let inner = unsafe text.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
                if inner == UInt8(ascii: "\"") { break }
                at += inner == UInt8(ascii: "\\") ? 2 : 1
            }
        } else if byte == UInt8(ascii: "e"), at > 0, at + 1 < text.byteCount {
            // in canonical text an `e` after a digit stands in a number only; `true` and `false` have letters before it
            let before = unsafe text.unsafeLoad(fromUncheckedByteOffset: at - 1, as: UInt8.self)
            let after = unsafe text.unsafeLoad(fromUncheckedByteOffset: at + 1, as: UInt8.self)
            let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
            if digits.contains(before), digits.contains(after) { return true }
        }
        at += 1
    }
    return false
}
