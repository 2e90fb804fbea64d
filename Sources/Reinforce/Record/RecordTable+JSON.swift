import JSON

/// JSON that is being written, of the record or of the digest.
struct RecordText {
    var bytes: [UInt8]
    /// What rendered values are ranges of.
    let texts: [UInt8]
    /// Parts of the record that the settings leave out.
    let leftOut: RecordPart
}

extension RecordTable {
    /// Appends a row as a JSON object, keys in the order of the table.
    func append(jsonOf row: Row, to text: inout RecordText) {
        for index in json.indices {
            if !text.leftOut.isDisjoint(with: json[index].field.part) { continue }
            let before = text.bytes.count
            text.bytes.append(contentsOf: json[index].key)
            let isThere: Bool
            switch json[index].field.value {
            case .message(let nested): isThere = nested.json(row, &text)
            case .messages(let nested):
                text.bytes.append(UInt8(ascii: "["))
                _ = nested.json(row, &text)
                text.bytes.append(UInt8(ascii: "]"))
                isThere = true
            default: isThere = json[index].field.value.append(row, { $0.json(row, &$1) }, to: &text)
            }
            if !isThere { text.bytes.removeLast(text.bytes.count - before) }
        }
        text.bytes.append(UInt8(ascii: "}"))
    }

    /// Appends a row as it stands in the digest: content only, keys in order, whole whatever the settings leave out.
    func append(digestOf row: Row, to text: inout RecordText) {
        for index in digest.indices {
            let before = text.bytes.count
            text.bytes.append(contentsOf: digest[index].key)
            var isThere: Bool
            switch digest[index].field.value {
            case .message(let nested): isThere = nested.digest(row, &text)
            case .messages(let nested):
                text.bytes.append(UInt8(ascii: "["))
                isThere = nested.digest(row, &text) || digest[index].field.digest != .whereAny
                text.bytes.append(UInt8(ascii: "]"))
            default: isThere = digest[index].field.value.append(row, { $0.digest(row, &$1) }, to: &text)
            }
            if !isThere { text.bytes.removeLast(text.bytes.count - before) }
        }
        text.bytes.append(UInt8(ascii: "}"))
    }
}

extension RecordValue {
    /// Appends a value.
    ///
    /// - Parameter nested: writes messages within it; tells whether there was any.
    /// - Returns: false: not even its key stands there.
    fileprivate func append(
        _ row: Row,
        _ nested: (RecordNested<Row>, inout RecordText) -> Bool,
        to text: inout RecordText
    ) -> Bool {
        switch self {
        case .text(let value): text.bytes.append(quoted: value(row))
        case .optionalText(let value): text.bytes.append(quoted: value(row))
        case .integer(_, let value): text.bytes.append(number: value(row))
        case .optionalInteger(_, let value):
            if let value = value(row) { text.bytes.append(number: value) } else { text.bytes.append("null") }
        case .number(let value): text.bytes.append(number: value(row))
        case .optionalNumber(let value): text.bytes.append(number: value(row))
        case .rendered(let value): text.bytes.append(text.texts, value(row).text)
        case .flag(let value): text.bytes.append(flag: value(row))
        case .literal(let value):
            text.bytes.append(UInt8(ascii: "\""))
            text.bytes.append(text.texts, value(row))
            text.bytes.append(UInt8(ascii: "\""))
        case .object(let value): text.bytes.append(text.texts, value(row))
        case .optionalLiteral(let value):
            guard let value = value(row) else { return false }
            text.bytes.append(literal: value)
        case .optionalJSON(let omits, let value):
            if let value = value(row) {
                text.bytes.append(value.arena, value.range)
            } else if omits {
                return false
            } else {
                text.bytes.append("null")
            }
        case .content(_, let value): text.bytes.append(content: value(row))
        case .toolCallID(_, let value): return text.bytes.append(toolCallID: value(row))
        case .texts(let value): text.bytes.append(list: value(row)) { $0.append(quoted: $1) }
        case .numbers(let value): text.bytes.append(list: value(row)) { $0.append(number: Int64($1)) }
        case .floats(let value): text.bytes.append(list: value(row)) { $0.append(number: Double($1)) }
        case .logprobs(let value): text.bytes.append(list: value(row)) { $0.append(number: $1.shortest) }
        case .optionalMessage(let child): if !nested(child, &text) { text.bytes.append("null") }
        case .optionalMessages(let child, _, let isThere):
            guard isThere(row) else {
                text.bytes.append("null")
                break
            }
            text.bytes.append(UInt8(ascii: "["))
            _ = nested(child, &text)
            text.bytes.append(UInt8(ascii: "]"))
        case .bodies(_, let value): text.bytes.append(list: value(row)) { $0.append(contentsOf: $1.body) }
        case .message(let child), .messages(let child): return nested(child, &text)
        }
        return true
    }
}
