import JSON

/// Protobuf of the record that is being written.
struct RecordMessage {
    var writer: ProtobufWriter
    /// What rendered values are ranges of.
    let texts: [UInt8]
    /// Parts of the record that the settings leave out.
    let leftOut: RecordPart
}

extension RecordTable {
    /// Appends a row's fields in the order of their numbers.
    func append(protobufOf row: Row, to message: inout RecordMessage) {
        for index in numbered.indices {
            let part = numbered[index].part
            if !message.leftOut.isDisjoint(with: part) { continue }
            numbered[index].value.append(row, numbered[index].number, isOptional: part != .always, to: &message)
        }
    }
}

extension RecordValue {
    fileprivate func append(_ row: Row, _ number: UInt32, isOptional: Bool, to message: inout RecordMessage) {
        switch self {
        case .text(let value): message.writer.text(number, value(row))
        case .optionalText(_, let value): message.writer.optional(number, value(row))
        case .integer(_, let value): message.writer.varint(number, value(row))
        case .optionalInteger(_, _, let value):
            message.writer.optional(number, value(row).map { UInt64(bitPattern: $0) })
        case .number(let value): message.writer.double(number, value(row))
        case .optionalNumber(_, let value): message.writer.optional(number, value(row)?.ifFinite)
        case .rendered(let value): message.writer.double(number, value(row).value)
        case .flag(let value): message.writer.flag(number, value(row))
        case .literal(let value):
            let (texts, range) = (message.texts, value(row))
            if isOptional || range.count > 0 { message.writer.unescaped(number, texts, range) }
        case .object(let value):
            let texts = message.texts
            message.writer.data(number, texts.span(value(row)))
        case .optionalLiteral(let value): message.writer.unescaped(number, value(row))
        case .optionalJSON(_, let value):
            if let text = value(row) {
                let arena = text.arena
                message.writer.data(number, arena.span(text.range))
            }
        case .content(let parts, let value):
            let text = value(row)
            switch text.message.kind {
            case .none: break
            case .text: message.writer.unescaped(number, text.arena, text.message.content)
            case .parts:
                let arena = text.arena
                message.writer.data(parts, arena.span(text.message.content))
            }
        case .toolCallID(let null, let value):
            let text = value(row)
            message.writer.unescaped(number, text.text(text.message.toolCallID))
            message.writer.flag(null, text.message.isToolResponse && text.message.toolCallID == nil)
        case .texts(let value): for text in value(row) { message.writer.optional(number, text) }
        case .numbers(let value): message.writer.packed(number, value(row))
        case .floats(let value), .logprobs(let value): message.writer.packed(number, value(row))
        case .message(let nested), .messages(let nested), .optionalMessage(let nested):
            nested.protobuf(row, number, &message)
        case .optionalMessages(let nested, _, let isThere):
            guard isThere(row) else { return }
            let start = message.writer.begin(number)
            nested.protobuf(row, 1, &message)
            message.writer.end(start)
        case .bodies(_, let value): for group in value(row) { message.writer.data(number, group.body) }
        }
    }
}

extension Double {
    /// JSON has no other numbers, and both forms say the same.
    fileprivate var ifFinite: Double? { isFinite ? self : nil }
}
