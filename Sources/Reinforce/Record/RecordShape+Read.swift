public import JSON

extension JSONValue {
    /// The JSON form of a batch that is written as `TrainingBatch` of `docs/reinforce.proto`.
    ///
    /// - Throws: what is wrong with the bytes, and where.
    public init(trainingBatch bytes: [UInt8]) throws(ScoredProblem) {
        let shape = RecordTable<BatchRow>.batch.shape
        self = try shape.read(unsafe ProtobufReader(bytes.span.bytes, shape.name))
    }
}

extension RecordShape {
    fileprivate func read(_ given: consuming ProtobufReader) throws(ScoredProblem) -> JSONValue {
        var reader = given
        var found: [UInt32: JSONValue] = [:]
        var lists: [UInt32: [JSONValue]] = [:]
        while let tag = try reader.tag() {
            guard tag.field > 0, let field = field(tag.field) else { throw reader.unknown(tag) }
            if tag.field != field.number {
                if case .toolCallID = field.kind {
                    if try reader.flag(tag) { found[field.number] = .null }
                } else {
                    found[field.number] = try Self.json(&reader, tag)
                }
                continue
            }
            switch field.kind {
            case .text, .content, .toolCallID: found[tag.field] = .string(try reader.text(tag))
            case .integer: found[tag.field] = .integer(try reader.signed(tag))
            case .double:
                let value = try reader.double(tag)
                guard value.isFinite else { throw reader.problem("has a field \(tag.field) that is no finite number") }
                found[tag.field] = .double(value)
            case .flag: found[tag.field] = .bool(try reader.flag(tag))
            case .object, .json: found[tag.field] = try Self.json(&reader, tag)
            case .message(let shape): found[tag.field] = try shape.read(reader.message(tag, shape.name))
            case .texts: lists[tag.field, default: []].append(.string(try reader.text(tag)))
            case .numbers: lists[tag.field, default: []] += try reader.numbers(tag).map { .integer(Int64($0)) }
            case .floats:
                lists[tag.field, default: []] += try reader.floats(tag).map { value in
                    value.isFinite ? .double(Double(value)) : .null
                }
            case .logprobs:
                lists[tag.field, default: []] += try reader.floats(tag).map { value in
                    value.isFinite ? .double(value.shortest) : .null
                }
            case .optionalMessages(let shape, let wrapper):
                var inner = try reader.message(tag, wrapper)
                var messages: [JSONValue] = []
                while let tag = try inner.tag() {
                    guard tag.field == 1 else { throw inner.unknown(tag) }
                    messages.append(try shape.read(inner.message(tag, shape.name)))
                }
                found[tag.field] = .array(messages)
            case .messages(let shape):
                lists[tag.field, default: []].append(try shape.read(reader.message(tag, shape.name)))
            }
        }
        var object = JSONObject()
        for field in fields where field.number > 0 {
            if let value = found[field.number] ?? lists[field.number].map(JSONValue.array) {
                object[field.key] = value
            } else if field.absent != .nothing {
                object[field.key] = field.absent == .null ? .null : field.kind.zero
            }
        }
        return .object(object)
    }

    private static func json(_ reader: inout ProtobufReader, _ tag: ProtobufReader.Tag) throws(ScoredProblem)
        -> JSONValue
    {
        let bytes = try reader.data(tag)
        do throws(JSONError) {
            return try JSONValue(parsing: bytes, limits: JSONLimits(maxBytes: .max))
        } catch {
            throw reader.problem("has a field \(tag.field) that is no JSON: \(error)")
        }
    }
}

extension RecordShape.Kind {
    /// What an absent field of this kind stands for.
    fileprivate var zero: JSONValue {
        switch self {
        case .text, .toolCallID: .string("")
        case .json, .content, .optionalMessages: .null
        case .integer: .integer(0)
        case .double: .double(0)
        case .flag: .bool(false)
        case .object: .object(JSONObject())
        case .message(let shape):
            .object(JSONObject(shape.fields.filter { $0.number > 0 }.map { ($0.key, $0.kind.zero) }))
        case .texts, .numbers, .floats, .logprobs, .messages: .array([])
        }
    }
}
