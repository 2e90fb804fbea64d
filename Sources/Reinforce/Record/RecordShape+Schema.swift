import JSON

extension RecordShape {
    /// `docs/reinforce.schema.json`: JSON Schema (2020-12) of a record on `reinforce`.
    static var schema: String {
        let root = RecordTable<BatchRow>.batch.shape
        var text = "{\n"
        text += "  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
        text += "  \"title\": \"A record of the topic reinforce where output.format is json\",\n"
        text += "  \"$ref\": \"#/$defs/\(root.name)\",\n"
        text += "  \"$defs\": {\n"
        text += root.messages.map { $0.definition }.joined(separator: ",\n")
        return text + "\n  }\n}\n"
    }

    private var definition: String {
        let written = fields.filter { $0.number > 0 }
        var text = "    \"\(name)\": {\n"
        text += "      \"description\": \(quoted("\(about)")),\n"
        text += "      \"type\": \"object\",\n"
        text += "      \"properties\": {\n"
        text += written.map { "        \"\($0.name)\": {\($0.property)}" }.joined(separator: ",\n")
        text += "\n      },\n"
        let required = written.filter { $0.absent != .nothing && !$0.isOptional }.map { "\"\($0.name)\"" }
        return text + "      \"required\": [\(required.joined(separator: ", "))]\n    }"
    }
}

extension RecordShape.Field {
    fileprivate var property: String {
        var parts: [String] = []
        let isNullable = absent == .null
        switch kind {
        case .message(let shape):
            let reference = "\"$ref\": \"#/$defs/\(shape.name)\""
            parts.append(isNullable ? "\"anyOf\": [{\(reference)}, {\"type\": \"null\"}]" : reference)
        case .messages(let shape):
            parts.append("\"type\": \"array\", \"items\": {\"$ref\": \"#/$defs/\(shape.name)\"}")
        case .texts: parts.append("\"type\": \"array\", \"items\": {\"type\": \"string\"}")
        case .numbers: parts.append("\"type\": \"array\", \"items\": {\"type\": \"integer\", \"minimum\": 0}")
        case .floats, .logprobs: parts.append("\"type\": \"array\", \"items\": {\"type\": [\"number\", \"null\"]}")
        case .optionalMessages(let shape, _):
            parts.append("\"type\": [\"array\", \"null\"], \"items\": {\"$ref\": \"#/$defs/\(shape.name)\"}")
        case .json: break
        case .content: parts.append("\"type\": [\"string\", \"array\", \"null\"]")
        case .toolCallID: parts.append("\"type\": [\"string\", \"null\"]")
        case .text, .integer, .double, .flag, .object:
            parts.append(isNullable ? "\"type\": [\"\(kind.plainType)\", \"null\"]" : "\"type\": \"\(kind.plainType)\"")
        }
        if !"\(about)".isEmpty { parts.append("\"description\": \(quoted("\(about)"))") }
        return parts.joined(separator: ", ")
    }
}

extension RecordShape.Kind {
    /// JSON Schema's name of a type that is no list and no message.
    fileprivate var plainType: String {
        switch self {
        case .integer: "integer"
        case .double: "number"
        case .flag: "boolean"
        case .object: "object"
        default: "string"
        }
    }
}

private func quoted(_ text: String) -> String { JSONValue.string(Text(text)).canonicalText }
