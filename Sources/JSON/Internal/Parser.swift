/// Builds a tree from a text.
struct Parser: ~Escapable {
    private var scanner: Scanner
    private let limits: JSONLimits
    private var bytes: [UInt8] = []

    @_lifetime(copy span)
    init(_ span: RawSpan, _ limits: JSONLimits) {
        scanner = Scanner(span)
        self.limits = limits
    }

    mutating func document() throws(JSONError) -> JSONValue {
        guard scanner.count <= limits.maxBytes else { throw JSONError(.tooLarge, at: limits.maxBytes) }
        let value = try value(0)
        scanner.skipWhitespace()
        guard scanner.at == scanner.count else { throw JSONError(.trailingBytes, at: scanner.at) }
        return value
    }

    private mutating func value(_ depth: Int) throws(JSONError) -> JSONValue {
        switch try scanner.peek() {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return try object(depth + 1)
        case UInt8(ascii: "["): return try array(depth + 1)
        case UInt8(ascii: "t"):
            try scanner.expect("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try scanner.expect("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try scanner.expect("null")
            return .null
        case UInt8(ascii: "-"), 0x30...0x39:
            let start = scanner.at
            switch try scanner.number() {
            case .integer(let value): return .integer(value)
            case .unsigned(let value): return .unsigned(value)
            case .large:
                return .large(Text(String(decoding: (start..<scanner.at).map { scanner.span.byte($0) }, as: UTF8.self)))
            case .double(let value, _): return .double(value)
            }
        default: throw JSONError(.unexpectedByte, at: scanner.at)
        }
    }

    private mutating func string() throws(JSONError) -> Text {
        bytes.removeAll(keepingCapacity: true)
        _ = try scanner.string(canonical: false, into: &bytes)
        return Text(String(decoding: bytes, as: UTF8.self))
    }

    private mutating func array(_ depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= limits.maxDepth else { throw JSONError(.tooDeep, at: scanner.at) }
        scanner.at += 1
        var elements: [JSONValue] = []
        if try scanner.peek() == UInt8(ascii: "]") {
            scanner.at += 1
            return .array([])
        }
        while true {
            elements.append(try value(depth))
            let byte = try scanner.peek()
            scanner.at += 1
            if byte == UInt8(ascii: "]") { return .array(elements) }
            guard byte == UInt8(ascii: ",") else { throw JSONError(.unexpectedByte, at: scanner.at - 1) }
        }
    }

    private mutating func object(_ depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= limits.maxDepth else { throw JSONError(.tooDeep, at: scanner.at) }
        scanner.at += 1
        if try scanner.peek() == UInt8(ascii: "}") {
            scanner.at += 1
            return .object(JSONObject())
        }
        var entries: [(Text, JSONValue)] = []
        while true {
            guard try scanner.peek() == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte, at: scanner.at) }
            let key = try string()
            guard try scanner.peek() == UInt8(ascii: ":") else { throw JSONError(.unexpectedByte, at: scanner.at) }
            scanner.at += 1
            entries.append((key, try value(depth)))
            let byte = try scanner.peek()
            scanner.at += 1
            if byte == UInt8(ascii: "}") { break }
            guard byte == UInt8(ascii: ",") else { throw JSONError(.unexpectedByte, at: scanner.at - 1) }
        }
        let object = JSONObject(entries)
        if limits.duplicateKeys == .reject, object.count < entries.count {
            throw JSONError(.duplicateKey, at: scanner.at - 1)
        }
        return .object(object)
    }
}

extension JSONValue {
    /// Parses a text that holds one value.
    ///
    /// - Throws: ``JSONError`` with the position of the first problem.
    public init(parsing span: RawSpan, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        var parser = Parser(span, limits)
        self = try parser.document()
    }

    /// Parses a text that holds one value.
    ///
    /// - Throws: ``JSONError`` with the position of the first problem.
    public init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        try unsafe self.init(parsing: bytes.span.bytes, limits: limits)
    }

    /// Parses a text that holds one value.
    ///
    /// - Throws: ``JSONError`` with the position of the first problem.
    public init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }
}
