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
            text.bytes.append(contentsOf: json[index].key)
            if case .messages(let nested) = json[index].field.value {
                text.bytes.append(UInt8(ascii: "["))
                nested.json(row, &text)
                text.bytes.append(UInt8(ascii: "]"))
            } else if case .message(let nested) = json[index].field.value {
                nested.json(row, &text)
            } else {
                json[index].field.value.append(row, to: &text)
            }
        }
        text.bytes.append(UInt8(ascii: "}"))
    }

    /// Appends a row as it stands in the digest: content only, keys in order, whole whatever the settings leave out.
    func append(digestOf row: Row, to text: inout RecordText) {
        for index in digest.indices {
            text.bytes.append(contentsOf: digest[index].key)
            if case .messages(let nested) = digest[index].field.value {
                text.bytes.append(UInt8(ascii: "["))
                nested.digest(row, &text)
                text.bytes.append(UInt8(ascii: "]"))
            } else if case .message(let nested) = digest[index].field.value {
                nested.digest(row, &text)
            } else {
                digest[index].field.value.append(row, to: &text)
            }
        }
        text.bytes.append(UInt8(ascii: "}"))
    }
}

extension RecordValue {
    /// Appends a value that holds no other messages, but for what was written before.
    fileprivate func append(_ row: Row, to text: inout RecordText) {
        switch self {
        case .text(let value): text.bytes.append(quoted: value(row))
        case .optionalText(let value): text.bytes.append(quoted: value(row))
        case .integer(_, let value): text.bytes.append(number: value(row))
        case .number(let value): text.bytes.append(number: value(row))
        case .optionalNumber(let value): text.bytes.append(number: value(row))
        case .rendered(let value): text.bytes.append(text.texts, value(row).text)
        case .flag(let value): text.bytes.append(flag: value(row))
        case .literal(let value):
            text.bytes.append(UInt8(ascii: "\""))
            text.bytes.append(text.texts, value(row))
            text.bytes.append(UInt8(ascii: "\""))
        case .object(let value): text.bytes.append(text.texts, value(row))
        case .texts(let value): text.bytes.append(list: value(row)) { $0.append(quoted: $1) }
        case .numbers(let value): text.bytes.append(list: value(row)) { $0.append(number: Int64($1)) }
        case .floats(let value): text.bytes.append(list: value(row)) { $0.append(number: Double($1)) }
        case .optionalMessage(let nested):
            let before = text.bytes.count
            nested.json(row, &text)
            if text.bytes.count == before { text.bytes.append("null") }
        case .bodies(_, let value): text.bytes.append(list: value(row)) { $0.append(contentsOf: $1.body) }
        case .message(let nested), .messages(let nested): nested.json(row, &text)
        }
    }
}
