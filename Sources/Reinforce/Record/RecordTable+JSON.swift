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
        let value = value.appender(isDigest: isDigest, omitsEmpty: isDigest && digest == .whereAny)
        let whole = RecordAppender<Row> { row, text in
            let before = text.bytes.count
            // as a span: whoever appends an array holds it meanwhile
            unsafe text.bytes.append(key.span.bytes)
            if value(row, &text) { return true }
            text.bytes.removeLast(text.bytes.count - before)
            return false
        }
        let part = part
        guard !isDigest, part != .always else { return whole }
        return RecordAppender { row, text in text.leftOut.isDisjoint(with: part) && whole(row, &text) }
    }
}

extension RecordNested {
    fileprivate func appender(isDigest: Bool) -> RecordAppender<Row> { isDigest ? digest : json }
}

extension RecordValue {
    /// What appends the value.
    ///
    /// - Parameter omitsEmpty: a list without elements is not there.
    fileprivate func appender(isDigest: Bool, omitsEmpty: Bool) -> RecordAppender<Row> {
        switch self {
        case .text(let value): return Self.always { $1.append(quoted: value($0)) }
        case .optionalText(let omits, let value):
            return Self.optional(omits, value) { $1.append(quoted: $0) }
        case .integer(_, let value): return Self.always { $1.append(number: value($0)) }
        case .optionalInteger(_, let omits, let value):
            return Self.optional(omits, value) { $1.append(number: $0) }
        case .number(let value): return Self.always { $1.append(number: value($0)) }
        case .optionalNumber(let omits, let value):
            return Self.optional(omits, value) { $1.append(number: $0) }
        case .rendered(let value): return RecordAppender { row, text in text.append(value(row).text) }
        case .flag(let value): return Self.always { $1.append(flag: value($0)) }
        case .literal(let value):
            return RecordAppender { row, text in
                text.bytes.append(UInt8(ascii: "\""))
                _ = text.append(value(row))
                text.bytes.append(UInt8(ascii: "\""))
                return true
            }
        case .object(let value): return RecordAppender { row, text in text.append(value(row)) }
        case .optionalLiteral(let value):
            return RecordAppender { row, text in
                guard let value = value(row) else { return false }
                text.bytes.append(literal: value)
                return true
            }
        case .optionalJSON(let omits, let value):
            return RecordAppender { row, text in
                if let value = value(row) {
                    text.bytes.append(value.arena, value.range)
                } else if omits {
                    return false
                } else {
                    text.bytes.append("null")
                }
                return true
            }
        case .content(_, let value): return Self.always { $1.append(content: value($0)) }
        case .toolCallID(_, let value): return RecordAppender { row, text in text.bytes.append(toolCallID: value(row)) }
        case .texts(let value): return Self.always { $1.append(list: value($0)) { $0.append(quoted: $1) } }
        case .numbers(let value): return Self.always { $1.append(list: value($0)) { $0.append(number: Int64($1)) } }
        case .floats(let value): return Self.always { $1.append(list: value($0)) { $0.append(number: Double($1)) } }
        case .logprobs(let value): return Self.always { $1.append(list: value($0)) { $0.append(number: $1.shortest) } }
        case .bodies(_, let value): return Self.always { $1.append(list: value($0)) { $0.append(contentsOf: $1.body) } }
        case .message(let child): return child.appender(isDigest: isDigest)
        case .messages(let child): return Self.list(child.appender(isDigest: isDigest), omitsEmpty: omitsEmpty)
        case .optionalMessage(let child):
            let child = child.appender(isDigest: isDigest)
            return RecordAppender { row, text in
                if !child(row, &text) { text.bytes.append("null") }
                return true
            }
        case .optionalMessages(let child, _, let isThere):
            let list = Self.list(child.appender(isDigest: isDigest), omitsEmpty: false)
            return RecordAppender { row, text in
                if isThere(row) { return list(row, &text) }
                text.bytes.append("null")
                return true
            }
        }
    }

    /// What stands there whatever the row is.
    private static func always(_ append: @escaping @Sendable (Row, inout [UInt8]) -> Void) -> RecordAppender<Row> {
        RecordAppender { row, text in
            append(row, &text.bytes)
            return true
        }
    }

    /// What stands there where it has a value; else null, or nothing.
    private static func optional<Value>(
        _ omits: Bool,
        _ value: @escaping @Sendable (Row) -> Value?,
        _ append: @escaping @Sendable (Value, inout [UInt8]) -> Void
    ) -> RecordAppender<Row> {
        RecordAppender { row, text in
            guard let value = value(row) else {
                if !omits { text.bytes.append("null") }
                return !omits
            }
            append(value, &text.bytes)
            return true
        }
    }

    private static func list(_ elements: RecordAppender<Row>, omitsEmpty: Bool) -> RecordAppender<Row> {
        RecordAppender { row, text in
            text.bytes.append(UInt8(ascii: "["))
            let isThere = elements(row, &text) || !omitsEmpty
            text.bytes.append(UInt8(ascii: "]"))
            return isThere
        }
    }
}

extension RecordText {
    /// Appends what lies rendered.
    fileprivate mutating func append(_ rendered: RenderedText) -> Bool {
        bytes.append(texts, rendered)
        return true
    }
}
