extension RecordShape {
    /// `docs/reinforce.proto`: the schema of the records on `reinforce`.
    static var proto: String {
        var text = """
            // The records on the topic `reinforce` where `output.format` is `protobuf`, and of `replay --out FILE.pb`, where
            // each batch stands behind its length, a varint. The content is that of the JSON records
            // (`reinforce.schema.json`), whose keys are the names of the fields; what is null there is absent here. Written
            // from the table that the program itself writes records by; `docs/batch.md` explains the fields.
            syntax = "proto3";

            package dash.reinforce.v1;

            """
        let messages = RecordTable<BatchRow>.batch.shape.messages
        for message in messages { text += "\n" + message.declaration }
        return text + wrappers(messages)
    }

    private var declaration: String {
        var text = "// \(about)\nmessage \(name) {\n"
        for field in fields.filter({ $0.number > 0 }).sorted(by: { $0.number < $1.number }) {
            text += "  \(field.type) \(field.name) = \(field.number);"
            if !"\(field.about)".isEmpty { text += "  // \(field.about)" }
            text += "\n"
            switch field.kind {
            case .content(let number): text += "  optional string \(field.name)_parts = \(number);  // JSON: an array\n"
            case .toolCallID(let number): text += "  bool \(field.name)_null = \(number);  // it is there, and null\n"
            default: break
            }
        }
        return text + "}\n"
    }

    /// Lists that may be null.
    private static func wrappers(_ messages: [RecordShape]) -> String {
        var text = ""
        for field in messages.flatMap(\.fields) {
            guard case .optionalMessages(let shape, let wrapper) = field.kind else { continue }
            text += "\n// What is null in JSON is absent here, and an empty list is not.\n"
            text += "message \(wrapper) {\n  repeated \(shape.name) messages = 1;\n}\n"
        }
        return text
    }
}

extension RecordShape.Field {
    fileprivate var type: String {
        let plain =
            switch kind {
            case .text, .object, .json, .content, .toolCallID: "string"
            case .integer(let integer): integer.rawValue
            case .double: "double"
            case .flag: "bool"
            case .message(let shape): "\(shape.name)"
            case .texts: "repeated string"
            case .numbers: "repeated uint32"
            case .floats, .logprobs: "repeated float"
            case .optionalMessages(_, let wrapper): "\(wrapper)"
            case .messages(let shape): "repeated \(shape.name)"
            }
        // a message says by itself whether it is there
        switch kind {
        case .message, .optionalMessages: return plain
        default: break
        }
        return absent == .zero || plain.hasPrefix("repeated") ? plain : "optional " + plain
    }
}
