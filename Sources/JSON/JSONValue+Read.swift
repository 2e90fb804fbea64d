extension JSONValue {
    /// The text, where it is a string.
    package var asText: Text? { if case .string(let text) = self { text } else { nil } }
    /// The number, where it is a whole one that fits.
    package var asInteger: Int64? { if case .integer(let number) = self { number } else { nil } }
    /// The truth value, where it is one.
    package var asFlag: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    /// The elements of an array; none of anything else.
    package var elements: [JSONValue] { if case .array(let list) = self { list } else { [] } }
    /// The entries of an object; none of anything else.
    package var entries: [JSONObject.Entry] { if case .object(let object) = self { object.entries } else { [] } }
}
