/// Writes canonical text straight from a text, without a tree: entries that come out of order are put in order afterwards.
struct Canonicalizer: ~Escapable {
    /// Where an object's entry lies in the output, and its key's own bytes in `keys`.
    private struct Entry {
        var start: Int
        var end: Int
        var keyStart: Int
        var keyEnd: Int
    }

    private var scanner: Scanner
    private let limits: JSONLimits
    /// Whole numbers of more than 64 bits keep their digits.
    private let isExact: Bool
    var out: [UInt8]
    private var keys: [UInt8] = []
    private var entries: [Entry] = []
    /// Every key so far came behind the one before it: no list of entries is needed.
    private var isInOrder = true
    var hasPositiveExponent = false

    @_lifetime(copy span)
    init(_ span: RawSpan, into out: consuming [UInt8], _ limits: JSONLimits, isExact: Bool) {
        scanner = Scanner(span)
        self.limits = limits
        self.isExact = isExact
        self.out = out
    }

    mutating func document() throws(JSONError) {
        guard scanner.count <= limits.maxBytes else { throw JSONError(.tooLarge, at: limits.maxBytes) }
        let before = out.count
        do throws(JSONError) {
            try value(0)
        } catch {
            if isInOrder { throw error }
            scanner.at = 0
            out.removeLast(out.count &- before)
            hasPositiveExponent = false
            try value(0)
        }
        scanner.skipWhitespace()
        guard scanner.at == scanner.count else { throw JSONError(.trailingBytes, at: scanner.at) }
    }

    private mutating func value(_ depth: Int) throws(JSONError) {
        switch try scanner.peek() {
        case UInt8(ascii: "\""): try literal()
        case UInt8(ascii: "{"): try object(depth + 1)
        case UInt8(ascii: "["): try array(depth + 1)
        case UInt8(ascii: "t"):
            try scanner.expect("true")
            out.append("true")
        case UInt8(ascii: "f"):
            try scanner.expect("false")
            out.append("false")
        case UInt8(ascii: "n"):
            try scanner.expect("null")
            out.append("null")
        case UInt8(ascii: "-"), 0x30...0x39: try number()
        default: throw JSONError(.unexpectedByte, at: scanner.at)
        }
    }

    private mutating func literal() throws(JSONError) {
        out.append(UInt8(ascii: "\""))
        _ = try scanner.string(canonical: true, into: &out)
        out.append(UInt8(ascii: "\""))
    }

    private mutating func number() throws(JSONError) {
        let start = scanner.at
        switch try scanner.number() {
        case .integer, .unsigned: out.append(scanner.span.extracting(start..<scanner.at))
        case .large(let value):
            hasPositiveExponent = true
            if isExact { return out.append(scanner.span.extracting(start..<scanner.at)) }
            appendShortest(value, .unsigned, to: &out)
        case .double(let value, let isCanonical):
            if isCanonical { return out.append(scanner.span.extracting(start..<scanner.at)) }
            appendShortest(value, .unsigned, to: &out)
            if value.magnitude >= 1e16 { hasPositiveExponent = true }
        }
    }

    private mutating func array(_ depth: Int) throws(JSONError) {
        guard depth <= limits.maxDepth else { throw JSONError(.tooDeep, at: scanner.at) }
        scanner.at += 1
        out.append(UInt8(ascii: "["))
        if try scanner.peek() == UInt8(ascii: "]") {
            scanner.at += 1
            return out.append(UInt8(ascii: "]"))
        }
        while true {
            try value(depth)
            let byte = try scanner.peek()
            scanner.at += 1
            out.append(byte)
            if byte == UInt8(ascii: "]") { return }
            guard byte == UInt8(ascii: ",") else { throw JSONError(.unexpectedByte, at: scanner.at - 1) }
        }
    }

    private mutating func object(_ depth: Int) throws(JSONError) {
        guard depth <= limits.maxDepth else { throw JSONError(.tooDeep, at: scanner.at) }
        scanner.at += 1
        out.append(UInt8(ascii: "{"))
        if try scanner.peek() == UInt8(ascii: "}") {
            scanner.at += 1
            return out.append(UInt8(ascii: "}"))
        }
        if isInOrder { try inOrder(depth) } else { try sorted(depth) }
    }

    /// Writes the entries as they come, which is how producers write them. Where one comes out of order or has a key with
    /// an escape, all is begun anew.
    private mutating func inOrder(_ depth: Int) throws(JSONError) {
        var last: Range<Int>?
        while true {
            guard try scanner.peek() == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte, at: scanner.at) }
            let key = scanner.at &+ 1..<scanner.endOfPlainRun(scanner.at &+ 1)
            var isNext = key.upperBound < scanner.count && scanner.span.byte(key.upperBound) == UInt8(ascii: "\"")
            if isNext, let last {
                isNext = compareBytes(scanner.span.extracting(last), scanner.span.extracting(key)) < 0
            }
            guard isNext else {
                isInOrder = false
                throw JSONError(.unexpectedByte, at: scanner.at)
            }
            last = key
            out.append(scanner.span.extracting(key.lowerBound &- 1..<key.upperBound &+ 1))
            scanner.at = key.upperBound &+ 1
            guard try scanner.peek() == UInt8(ascii: ":") else { throw JSONError(.unexpectedByte, at: scanner.at) }
            scanner.at &+= 1
            out.append(UInt8(ascii: ":"))
            try value(depth)
            let byte = try scanner.peek()
            scanner.at &+= 1
            out.append(byte)
            if byte == UInt8(ascii: "}") { return }
            guard byte == UInt8(ascii: ",") else { throw JSONError(.unexpectedByte, at: scanner.at - 1) }
        }
    }

    /// Writes the entries and puts them in order.
    private mutating func sorted(_ depth: Int) throws(JSONError) {
        let first = entries.count
        let firstKey = keys.count
        while true {
            guard try scanner.peek() == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte, at: scanner.at) }
            var entry = Entry(start: out.count, end: 0, keyStart: keys.count, keyEnd: 0)
            try key()
            entry.keyEnd = keys.count
            guard try scanner.peek() == UInt8(ascii: ":") else { throw JSONError(.unexpectedByte, at: scanner.at) }
            scanner.at += 1
            out.append(UInt8(ascii: ":"))
            try value(depth)
            entry.end = out.count
            entries.append(entry)
            let byte = try scanner.peek()
            scanner.at += 1
            if byte == UInt8(ascii: "}") { break }
            guard byte == UInt8(ascii: ",") else { throw JSONError(.unexpectedByte, at: scanner.at - 1) }
            out.append(UInt8(ascii: ","))
        }
        try reorder(first)
        out.append(UInt8(ascii: "}"))
        entries.removeLast(entries.count - first)
        keys.removeLast(keys.count - firstKey)
    }

    /// The key as a literal in the output, and its own bytes in `keys`.
    private mutating func key() throws(JSONError) {
        let opening = scanner.at
        out.append(UInt8(ascii: "\""))
        let start = out.count
        if try scanner.string(canonical: true, into: &out) {
            keys.append(contentsOf: out[start...])
        } else {
            var again = Scanner(scanner.span)
            again.at = opening
            _ = try again.string(canonical: false, into: &keys)
        }
        out.append(UInt8(ascii: "\""))
    }

    private func precedes(_ a: Entry, _ b: Entry) -> Bool {
        keys[a.keyStart..<a.keyEnd].lexicographicallyPrecedes(keys[b.keyStart..<b.keyEnd])
    }

    /// Puts the object's entries in key order; of equal keys the last one stays.
    private mutating func reorder(_ first: Int) throws(JSONError) {
        let own = Array(entries[first...])
        let order = own.indices.sorted {
            if precedes(own[$0], own[$1]) { return true }
            return precedes(own[$1], own[$0]) ? false : $0 < $1
        }
        let base = own[0].start
        let text = Array(out[base...])
        out.removeLast(out.count - base)
        for (place, index) in order.enumerated() {
            if place + 1 < order.count, !precedes(own[index], own[order[place + 1]]) {
                if limits.duplicateKeys == .reject { throw JSONError(.duplicateKey, at: scanner.at - 1) }
                continue
            }
            if out.count > base { out.append(UInt8(ascii: ",")) }
            out.append(contentsOf: text[(own[index].start - base)..<(own[index].end - base)])
        }
    }
}

/// What a text turned out to hold while it was made canonical.
public struct Canonicalized: Sendable, Hashable {
    /// There is more than one form of it: it holds a positive exponent, or a whole number of more than 64 bits.
    public let hasPositiveExponent: Bool
}

/// Appends the canonical form of a text, straight from its bytes.
///
/// - Parameters:
///   - text: JSON.
///   - bytes: where it goes.
///   - limits: what is accepted.
///   - isExact: whole numbers of more than 64 bits keep their digits; else they are doubles, as in the texts that
///     producers hash.
/// - Returns: what the text holds.
/// - Throws: ``JSONError``; `bytes` is as it was then.
@discardableResult
public func appendCanonical(
    of text: RawSpan,
    to bytes: inout [UInt8],
    limits: JSONLimits = JSONLimits(),
    isExact: Bool = false
) throws(JSONError) -> Canonicalized {
    if text.isPlainLiteral, text.byteCount <= limits.maxBytes {
        bytes.append(text)
        return Canonicalized(hasPositiveExponent: false)
    }
    let before = bytes.count
    var canonicalizer = Canonicalizer(text, into: bytes.taken(), limits, isExact: isExact)
    do {
        try canonicalizer.document()
    } catch {
        bytes = canonicalizer.out
        bytes.removeLast(bytes.count - before)
        throw error
    }
    bytes = canonicalizer.out
    return Canonicalized(hasPositiveExponent: canonicalizer.hasPositiveExponent)
}

extension RawSpan {
    /// A string of plain ASCII without anything around it, which is canonical as it stands.
    fileprivate var isPlainLiteral: Bool {
        guard byteCount >= 2, byte(0) == UInt8(ascii: "\""), byte(byteCount &- 1) == UInt8(ascii: "\"") else {
            return false
        }
        return Scanner(self).endOfPlainRun(1) == byteCount &- 1
    }
}

extension [UInt8] {
    /// Moves the bytes out, so that nobody else holds them while they grow.
    fileprivate mutating func taken() -> [UInt8] {
        var other: [UInt8] = []
        swap(&self, &other)
        return other
    }
}
