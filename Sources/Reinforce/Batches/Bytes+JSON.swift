import JSON

extension [UInt8] {
    /// Appends a number in its shortest round-trip form.
    mutating func append(number value: Double) {
        if value.isFinite { JSONValue.double(value).writeCanonical(to: &self) } else { append("null") }
    }

    /// Appends a number or null.
    mutating func append(number value: Double?) {
        if let value { append(number: value) } else { append("null") }
    }

    /// Appends a whole number.
    mutating func append(number value: Int64) { append(decimal: value) }

    /// Appends a whole number.
    mutating func append(number value: Int) { append(number: Int64(value)) }

    /// Appends a text as a JSON string literal.
    mutating func append(quoted text: Text) {
        append(UInt8(ascii: "\""))
        text.withBytes { appendEscaped($0, to: &self) }
        append(UInt8(ascii: "\""))
    }

    /// Appends a text as a JSON string literal.
    mutating func append(quoted text: String) { append(quoted: Text(text)) }

    /// Appends a text as a JSON string literal, or null.
    mutating func append(quoted text: Text?) {
        if let text { append(quoted: text) } else { append("null") }
    }

    /// Appends a truth value.
    mutating func append(flag: Bool) { append(flag ? "true" : "false") }

    /// Appends a list, each element by `body`.
    mutating func append<S: Sequence>(list: S, _ body: (inout [UInt8], S.Element) -> Void) {
        append(UInt8(ascii: "["))
        var first = true
        for element in list {
            if !first { append(UInt8(ascii: ",")) }
            first = false
            body(&self, element)
        }
        append(UInt8(ascii: "]"))
    }
}
