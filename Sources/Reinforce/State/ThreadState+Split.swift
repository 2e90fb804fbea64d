import JSON

extension ThreadState {
    /// Finds the fields of the canonical object at `text`.
    mutating func split(_ text: ByteRange) {
        // taken out: a property cannot grow while the text is borrowed
        var found: [StateField] = []
        swap(&found, &fields)
        found.removeAll(keepingCapacity: true)
        let holdsEscapes = Self.split(arena.span(text), from: Int(text.start), into: &found)
        fields = found
        guard holdsEscapes else { return }
        for index in fields.indices { fields[index].key = unescaped(fields[index].name) }
    }

    /// Appends the fields of an object whose text begins at `start` of the arena; whether a name holds an escape.
    private static func split(_ text: RawSpan, from start: Int, into fields: inout [StateField]) -> Bool {
        var holdsEscapes = false
        var at = 1
        while at < text.byteCount - 1 {
            let nameEnd = text.endOfString(at)
            let valueEnd = text.endOfValue(nameEnd + 2)
            if text.endOfPlainString(at) == nil { holdsEscapes = true }
            let name = ByteRange(start + at + 1, start + nameEnd)
            let value = ByteRange(start + nameEnd + 2, start + valueEnd)
            fields.append(StateField(key: name, name: name, value: value, hasPositiveExponent: false))
            at = valueEnd + 1
        }
        return holdsEscapes
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
