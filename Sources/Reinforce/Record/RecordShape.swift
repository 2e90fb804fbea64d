import JSON

/// What a message of the record looks like, whatever its rows are: for reading it back and for the schemas.
struct RecordShape: Sendable {
    indirect enum Kind: Sendable {
        case text
        case integer(RecordInteger)
        case double, flag
        /// Text that holds a JSON object.
        case object
        case texts, numbers, floats
        case message(RecordShape)
        case messages(RecordShape)
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
        let digest: RecordDigest?
        let about: StaticString
    }

    /// Its name in protobuf.
    let name: StaticString
    let about: StaticString
    let fields: [Field]

    /// The field of that number.
    func field(_ number: UInt32) -> Field? { fields.first { $0.number == number } }
}

extension RecordShape.Field {
    init<Row>(_ field: RecordField<Row>) {
        number = field.number
        name = field.name
        key = Text("\(field.name)")
        kind = RecordShape.Kind(field.value)
        absent = field.part != .always ? .nothing : field.value.isNullable ? .null : .zero
        digest = field.digest
        about = field.about
    }
}

extension RecordShape.Kind {
    init<Row>(_ value: RecordValue<Row>) {
        self =
            switch value {
            case .text, .optionalText, .literal: .text
            case .integer(let integer, _): .integer(integer)
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
    var isNullable: Bool {
        switch self {
        case .optionalText, .optionalNumber, .optionalMessage: true
        default: false
        }
    }
}
