import JSON

/// What a message of the record looks like, whatever its rows are: for reading it back and for the schemas.
struct RecordShape: Sendable {
    indirect enum Kind: Sendable {
        case text
        case integer(RecordInteger)
        case double, flag
        /// Text that holds a JSON object.
        case object
        /// Text that holds any JSON.
        case json
        /// A text, an array that travels as JSON under another number, or null.
        case content(parts: UInt32)
        /// A text, or null where the flag of another number is set.
        case toolCallID(null: UInt32)
        case texts, numbers, floats, logprobs
        case message(RecordShape)
        case messages(RecordShape)
        /// A list that may be null: in protobuf a message whose field 1 it is.
        case optionalMessages(RecordShape, wrapper: StaticString)
    }

    /// What stands in the JSON where protobuf has no such field.
    enum Absent: Sendable {
        /// The type's own zero.
        case zero
        case null
        /// Not even the key.
        case nothing
    }

    struct Field: Sendable {
        let number: UInt32
        let name: StaticString
        let key: Text
        let kind: Kind
        let absent: Absent
        /// A setting may leave it out.
        let isOptional: Bool
        let digest: RecordDigest?
        let about: StaticString
    }

    /// Its name in protobuf.
    let name: StaticString
    let about: StaticString
    let fields: [Field]

    /// The field of that number, or of whose other numbers it is one.
    func field(_ number: UInt32) -> Field? { fields.first { $0.number == number || $0.otherNumber == number } }
}

extension RecordShape.Field {
    /// The number of its other form.
    var otherNumber: UInt32? {
        switch kind {
        case .content(let number), .toolCallID(let number): number
        default: nil
        }
    }

    init<Row>(_ field: RecordField<Row>) {
        number = field.number
        name = field.name
        key = Text("\(field.name)")
        kind = RecordShape.Kind(field.value)
        isOptional = field.part != .always
        let isText = !field.part.isDisjoint(with: [.sampleText, .sampleFields])
        absent = isText || field.value.isOmitted ? .nothing : field.value.isNullable ? .null : .zero
        digest = field.digest
        about = field.about
    }
}

extension RecordShape.Kind {
    init<Row>(_ value: RecordValue<Row>) {
        self =
            switch value {
            case .text, .optionalText, .literal: .text
            case .integer(let integer, _), .optionalInteger(let integer, _, _): .integer(integer)
            case .optionalLiteral: .text
            case .optionalJSON: .json
            case .content(let parts, _): .content(parts: parts)
            case .toolCallID(let null, _): .toolCallID(null: null)
            case .logprobs: .logprobs
            case .optionalMessages(let nested, let wrapper, _): .optionalMessages(nested.shape, wrapper: wrapper)
            case .number, .optionalNumber, .rendered: .double
            case .flag: .flag
            case .object: .object
            case .texts: .texts
            case .numbers: .numbers
            case .floats: .floats
            case .message(let nested), .optionalMessage(let nested): .message(nested.shape)
            case .messages(let nested): .messages(nested.shape)
            case .bodies(let shape, _): .messages(shape)
            }
    }
}

extension RecordValue {
    /// Where there is none, not even its key stands in JSON.
    var isOmitted: Bool {
        switch self {
        case .optionalLiteral, .toolCallID, .optionalJSON(omits: true, _), .optionalText(omits: true, _),
            .optionalInteger(_, omits: true, _), .optionalNumber(omits: true, _):
            true
        default: false
        }
    }

    var isNullable: Bool {
        switch self {
        case .optionalText, .optionalNumber, .optionalInteger, .optionalJSON, .content, .optionalMessage,
            .optionalMessages:
            true
        default: false
        }
    }
}
