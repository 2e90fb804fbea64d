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
        for message in RecordTable<BatchRow>.batch.shape.messages { text += "\n" + message.declaration }
        return text
    }

    private var declaration: String {
        var text = "// \(about)\nmessage \(name) {\n"
        for field in fields.filter({ $0.number > 0 }).sorted(by: { $0.number < $1.number }) {
            text += "  \(field.type) \(field.name) = \(field.number);"
            if !"\(field.about)".isEmpty { text += "  // \(field.about)" }
            text += "\n"
        }
        return text + "}\n"
    }
}

extension RecordShape.Field {
    fileprivate var type: String {
        let plain =
            switch kind {
            case .text, .object: "string"
            case .integer(let integer): integer.rawValue
            case .double: "double"
            case .flag: "bool"
            case .message(let shape): "\(shape.name)"
            case .texts: "repeated string"
            case .numbers: "repeated uint32"
            case .floats: "repeated float"
            case .messages(let shape): "repeated \(shape.name)"
            }
        // a message says by itself whether it is there
        if case .message = kind { return plain }
        return absent == .zero || plain.hasPrefix("repeated") ? plain : "optional " + plain
    }
}
