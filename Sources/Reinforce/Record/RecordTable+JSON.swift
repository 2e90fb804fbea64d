import JSON

/// JSON that is being written, of the record or of the digest.
struct RecordText {
    var bytes: [UInt8]
    /// What rendered values are ranges of.
    let texts: [UInt8]
    /// Parts of the record that the settings leave out.
    let leftOut: RecordPart
}

/// Appends something of a row. Not the function alone: what lies in a list or in an option is called through another one, for
/// every field of every row.
struct RecordAppender<Row>: Sendable {
    private let body: @Sendable (Row, inout RecordText) -> Bool

    init(_ body: @escaping @Sendable (Row, inout RecordText) -> Bool) { self.body = body }

    /// Returns false where it is not there, and not even its key stands in the text.
    func callAsFunction(_ row: Row, _ text: inout RecordText) -> Bool { body(row, &text) }
}

extension RecordTable {
    /// Appends a row as a JSON object, keys in the order of the table.
    func append(jsonOf row: Row, to text: inout RecordText) { _ = json(row, &text) }

    /// Appends a row as it stands in the digest.
    func append(digestOf row: Row, to text: inout RecordText) { _ = digest(row, &text) }

    /// What appends all fields of an object, one calling the next: to take each out of a list would copy it for every row.
    static func object(_ fields: [RecordAppender<Row>]) -> RecordAppender<Row> {
        let all = fields.dropFirst().reduce(fields.first ?? RecordAppender { _, _ in false }) { before, field in
            RecordAppender { row, text in
                _ = before(row, &text)
                return field(row, &text)
            }
        }
        return RecordAppender { row, text in
            _ = all(row, &text)
            text.bytes.append(UInt8(ascii: "}"))
            return true
        }
    }
}

extension RecordField {
    /// What appends the field behind its key.
    func appender(behind key: [UInt8], isDigest: Bool) -> RecordAppender<Row> {
        let whole = value.appender(key, isDigest: isDigest, omitsEmpty: isDigest && digest == .whereAny)
        let part = part
        guard !isDigest, part != .always else { return whole }
        return RecordAppender { row, text in text.leftOut.isDisjoint(with: part) && whole(row, &text) }
    }
}

extension RecordNested {
    fileprivate func appender(isDigest: Bool) -> RecordAppender<Row> { isDigest ? digest : json }
}

extension RecordValue {
    /// What appends a key and the value behind it.
    ///
    /// - Parameter omitsEmpty: a list without elements is not there.
    fileprivate func appender(_ key: [UInt8], isDigest: Bool, omitsEmpty: Bool) -> RecordAppender<Row> {
        // what nearly every row says is appended in one piece
        let (null, empty) = (key + Array("null".utf8), key + Array("[]".utf8))
        switch self {
        case .text(let value):
            return RecordAppender { row, text in text.append(key) { $0.bytes.append(quoted: value(row)) } }
        case .optionalText(let omits, let value):
            let null = omits ? nil : null
            return RecordAppender { row, text in text.append(key, value(row), null) { $0.append(quoted: $1) } }
        case .integer(_, let value):
            return RecordAppender { row, text in text.append(key) { $0.bytes.append(number: value(row)) } }
        case .optionalInteger(_, let omits, let value):
            let null = omits ? nil : null
            return RecordAppender { row, text in text.append(key, value(row), null) { $0.append(number: $1) } }
        case .number(let value):
            return RecordAppender { row, text in text.append(key) { $0.bytes.append(number: value(row)) } }
        case .optionalNumber(let omits, let value):
            let null = omits ? nil : null
            return RecordAppender { row, text in text.append(key, value(row), null) { $0.append(number: $1) } }
        case .rendered(let value):
            return RecordAppender { row, text in text.append(key) { $0.append(value(row).text) } }
        case .flag(let value):
            let (yes, no) = (key + Array("true".utf8), key + Array("false".utf8))
            return RecordAppender { row, text in text.append(value(row) ? yes : no) { _ in } }
        case .literal(let value):
            let key = key + [UInt8(ascii: "\"")]
            return RecordAppender { row, text in
                text.append(key) { text in
                    text.append(value(row))
                    text.bytes.append(UInt8(ascii: "\""))
                }
            }
        case .object(let value):
            return RecordAppender { row, text in text.append(key) { $0.append(value(row)) } }
        case .optionalLiteral(let value):
            return RecordAppender { row, text in text.append(key, value(row), nil) { $0.append(literal: $1) } }
        case .optionalJSON(let omits, let value):
            let null = omits ? nil : null
            return RecordAppender { row, text in
                text.append(key, value(row), null) { $0.append($1.arena, $1.range) }
            }
        case .content(_, let value):
            return RecordAppender { row, text in text.append(key) { $0.bytes.append(content: value(row)) } }
        case .toolCallID(_, let value):
            return RecordAppender { row, text in text.tryAppend(key) { $0.bytes.append(toolCallID: value(row)) } }
        case .texts(let value):
            return RecordAppender { row, text in text.append(key, empty, list: value(row)) { $0.append(quoted: $1) } }
        case .numbers(let value):
            return RecordAppender { row, text in
                text.append(key, empty, list: value(row)) { $0.append(number: Int64($1)) }
            }
        case .floats(let value):
            return RecordAppender { row, text in
                text.append(key, empty, list: value(row)) { $0.append(number: Double($1)) }
            }
        case .logprobs(let value):
            return RecordAppender { row, text in
                text.append(key, empty, list: value(row)) { $0.append(number: $1.shortest) }
            }
        case .bodies(_, let value):
            return RecordAppender { row, text in
                text.append(key, empty, list: value(row)) { $0.append(contentsOf: $1.body) }
            }
        case .message(let child):
            let child = child.appender(isDigest: isDigest)
            return RecordAppender { row, text in text.tryAppend(key) { child(row, &$0) } }
        case .messages(let child):
            let elements = child.appender(isDigest: isDigest)
            return RecordAppender { row, text in
                text.tryAppend(key) { $0.appendList { elements(row, &$0) } || !omitsEmpty }
            }
        case .optionalMessage(let child):
            let child = child.appender(isDigest: isDigest)
            return RecordAppender { row, text in
                text.append(key) { if !child(row, &$0) { $0.bytes.append("null") } }
            }
        case .optionalMessages(let child, _, let isThere):
            let elements = child.appender(isDigest: isDigest)
            return RecordAppender { row, text in
                text.append(key) { text in
                    if isThere(row) {
                        _ = text.appendList { elements(row, &$0) }
                    } else {
                        text.bytes.append("null")
                    }
                }
            }
        }
    }
}

/// Inlined where they are called, so that a field costs one call.
extension RecordText {
    /// Appends a key and what stands behind it whatever the row is.
    @inline(__always)
    fileprivate mutating func append(_ key: [UInt8], _ value: (inout RecordText) -> Void) -> Bool {
        // as a span: whoever appends an array holds it meanwhile
        unsafe bytes.append(key.span.bytes)
        value(&self)
        return true
    }

    /// Appends a key and a value; where there is none `null`, or nothing at all.
    @inline(__always)
    fileprivate mutating func append<Value>(
        _ key: [UInt8],
        _ value: Value?,
        _ null: [UInt8]?,
        _ append: (inout [UInt8], Value) -> Void
    ) -> Bool {
        if let value {
            unsafe bytes.append(key.span.bytes)
            append(&bytes, value)
            return true
        }
        guard let null else { return false }
        unsafe bytes.append(null.span.bytes)
        return true
    }

    /// Appends a key and a list; `empty` where it has no elements.
    @inline(__always)
    fileprivate mutating func append<Elements: Collection>(
        _ key: [UInt8],
        _ empty: [UInt8],
        list: Elements,
        _ append: (inout [UInt8], Elements.Element) -> Void
    ) -> Bool {
        guard !list.isEmpty else {
            unsafe bytes.append(empty.span.bytes)
            return true
        }
        unsafe bytes.append(key.span.bytes)
        bytes.append(list: list, append)
        return true
    }

    /// Appends a key and what stands behind it; where `value` says that it is not there, neither is the key.
    @inline(__always)
    fileprivate mutating func tryAppend(_ key: [UInt8], _ value: (inout RecordText) -> Bool) -> Bool {
        let before = bytes.count
        unsafe bytes.append(key.span.bytes)
        if value(&self) { return true }
        bytes.removeLast(bytes.count - before)
        return false
    }

    /// Appends brackets around elements; false: there were none.
    @inline(__always)
    fileprivate mutating func appendList(_ elements: (inout RecordText) -> Bool) -> Bool {
        bytes.append(UInt8(ascii: "["))
        defer { bytes.append(UInt8(ascii: "]")) }
        return elements(&self)
    }

    /// Appends what lies rendered.
    @inline(__always)
    fileprivate mutating func append(_ rendered: RenderedText) { bytes.append(texts, rendered) }
}
