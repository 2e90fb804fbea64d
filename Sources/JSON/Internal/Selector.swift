/// Checks a whole text and builds only what stands at one place of it: a manifest is large, and a pairing is not.
struct Selector: ~Escapable {
    private var scanner: Scanner
    private let limits: JSONLimits
    private var scratch: [UInt8] = []

    @_lifetime(copy span)
    init(_ span: RawSpan, _ limits: JSONLimits) {
        scanner = Scanner(span)
        self.limits = limits
    }

    /// Where the value at the end of the tokens stands; nil where there is none.
    mutating func document(_ tokens: ArraySlice<Text>) throws(JSONError) -> Range<Int>? {
        guard scanner.count <= limits.maxBytes else { throw JSONError(.tooLarge, at: limits.maxBytes) }
        let found = try value(tokens, 0)
        scanner.skipWhitespace()
        guard scanner.at == scanner.count else { throw JSONError(.trailingBytes, at: scanner.at) }
        return found
    }

    /// Passes over a value; `tokens`: the way that is left inside it, nil where it is not on the way.
    private mutating func value(_ tokens: ArraySlice<Text>?, _ depth: Int) throws(JSONError) -> Range<Int>? {
        let byte = try scanner.peek()
        let start = scanner.at
        var found: Range<Int>?
        switch byte {
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "{"): found = try object(tokens, depth + 1)
        case UInt8(ascii: "["): found = try array(tokens, depth + 1)
        case UInt8(ascii: "t"): try scanner.expect("true")
        case UInt8(ascii: "f"): try scanner.expect("false")
        case UInt8(ascii: "n"): try scanner.expect("null")
        case UInt8(ascii: "-"), 0x30...0x39: _ = try scanner.number()
        default: throw JSONError(.unexpectedByte, at: scanner.at)
        }
        return tokens?.isEmpty == true ? start..<scanner.at : found
    }

    private mutating func object(_ tokens: ArraySlice<Text>?, _ depth: Int) throws(JSONError) -> Range<Int>? {
        guard try opens(UInt8(ascii: "}"), depth) else { return nil }
        var found: Range<Int>?
        while true {
            guard try scanner.peek() == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte, at: scanner.at) }
            let isOnTheWay = try key(tokens?.first)
            guard try scanner.peek() == UInt8(ascii: ":") else { throw JSONError(.unexpectedByte, at: scanner.at) }
            scanner.at += 1
            // of equal keys the last one counts
            if isOnTheWay { found = try value(tokens?.dropFirst(), depth) } else { _ = try value(nil, depth) }
            if try ends(UInt8(ascii: "}")) { return found }
        }
    }

    private mutating func array(_ tokens: ArraySlice<Text>?, _ depth: Int) throws(JSONError) -> Range<Int>? {
        guard try opens(UInt8(ascii: "]"), depth) else { return nil }
        let wanted = tokens?.first.flatMap(JSONPointer.index)
        var found: Range<Int>?
        var index = 0
        while true {
            if index == wanted { found = try value(tokens?.dropFirst(), depth) } else { _ = try value(nil, depth) }
            index += 1
            if try ends(UInt8(ascii: "]")) { return found }
        }
    }

    /// Passes over an opening bracket; false where the closing one follows, which is passed over too.
    private mutating func opens(_ closing: UInt8, _ depth: Int) throws(JSONError) -> Bool {
        guard depth <= limits.maxDepth else { throw JSONError(.tooDeep, at: scanner.at) }
        scanner.at += 1
        guard try scanner.peek() == closing else { return true }
        scanner.at += 1
        return false
    }

    /// Passes over a comma, or the closing bracket: then true.
    private mutating func ends(_ closing: UInt8) throws(JSONError) -> Bool {
        let byte = try scanner.peek()
        scanner.at += 1
        if byte == closing { return true }
        guard byte == UInt8(ascii: ",") else { throw JSONError(.unexpectedByte, at: scanner.at - 1) }
        return false
    }

    private mutating func string() throws(JSONError) {
        let end = scanner.endOfPlainRun(scanner.at &+ 1)
        if end < scanner.count, scanner.span.byte(end) == UInt8(ascii: "\"") {
            scanner.at = end &+ 1
            return
        }
        scratch.removeAll(keepingCapacity: true)
        _ = try scanner.string(canonical: false, into: &scratch)
    }

    /// Passes over a key; whether it is `token`.
    private mutating func key(_ token: Text?) throws(JSONError) -> Bool {
        guard let token else {
            try string()
            return false
        }
        scratch.removeAll(keepingCapacity: true)
        _ = try scanner.string(canonical: false, into: &scratch)
        let text = unsafe scratch.span.bytes
        return token.withBytes { compareBytes($0, text) == 0 }
    }
}

extension JSONValue {
    /// Parses a text that holds one value, and builds what stands at a place of it.
    ///
    /// - Returns: nil where nothing stands there.
    /// - Throws: ``JSONError`` with the position of the first problem, wherever in the text.
    public init?(parsing span: RawSpan, at pointer: JSONPointer) throws(JSONError) {
        let limits = JSONLimits()
        var selector = Selector(span, limits)
        guard let range = try selector.document(pointer.tokens[...]) else { return nil }
        try self.init(parsing: span.extracting(range), limits: limits)
    }
}
