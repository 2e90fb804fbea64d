public import JSON

/// One training example: fields, some of which are inputs; the rest are labels.
public struct Example: Sendable {
    /// A label: the field's name and the canonical text that an answer is compared with.
    public struct Label: Sendable, Hashable {
        /// The field.
        public let name: Text
        /// The field's name as it stands inside a JSON string literal.
        let escaped: [UInt8]
        /// The expected value as exact canonical text.
        public let value: [UInt8]
        /// The value holds a float of zero, which has two texts.
        private let hasZero: Bool

        init(_ name: Text, escaped: [UInt8], value: JSONValue) {
            self.name = name
            self.escaped = escaped
            self.value = value.exactBytes
            hasZero = value.holdsZero
        }

        /// JSON equality with a value that is given as exact canonical text: 0.0 equals -0.0, 1 and 1.0 differ, whole
        /// numbers are compared digit by digit, however many there are.
        func equals(_ text: RawSpan) -> Bool {
            if unsafe text.hasSameBytes(as: value.span.bytes) { return true }
            // but for the two texts of zero, equal values have equal texts
            guard hasZero, let found = try? JSONValue(parsing: text) else { return false }
            return found == (try? JSONValue(parsing: value))
        }
    }

    /// What is shared by everyone who holds the example: threads and groups are many, and to hold it counts once.
    private final class Content: Sendable {
        let id: Text
        let data: JSONObject
        let inputKeys: [Text]
        let labels: [Label]
        let canonical: [UInt8]
        let sha256: String

        init(_ id: Text, _ data: JSONObject, _ inputKeys: [Text], _ labels: [Label], _ canonical: [UInt8]) {
            self.id = id
            self.data = data
            self.inputKeys = inputKeys
            self.labels = labels
            self.canonical = canonical
            sha256 = SHA256().hash(canonical).hexadecimal
        }
    }

    private let content: Content

    /// The key that threads name.
    public var id: Text { content.id }
    /// All fields.
    public var data: JSONObject { content.data }
    /// Which fields are inputs.
    public var inputKeys: [Text] { content.inputKeys }
    /// The fields that are not, in key order.
    public var labels: [Label] { content.labels }
    /// The whole example as canonical JSON: what its hash is over.
    public var canonical: [UInt8] { content.canonical }
    /// SHA-256 of `canonical`, in hexadecimal.
    public var sha256: String { content.sha256 }

    /// Reads an example from the value of a record or the line of a file.
    ///
    /// - Throws: what is wrong with it, in one sentence.
    public init(_ value: JSONValue) throws(ExampleProblem) {
        guard case .object(let object) = value else { throw ExampleProblem("is not a JSON object") }
        guard case .string(let id)? = object["example_id"], !id.string.isEmpty else {
            throw ExampleProblem("has no `example_id` (a non-empty string)")
        }
        guard case .object(let data)? = object["data"] else { throw ExampleProblem("has no `data` (an object)", id) }
        guard case .array(let names)? = object["input_keys"] else {
            throw ExampleProblem("has no `input_keys` (an array of field names)", id)
        }
        var inputKeys: [Text] = []
        for name in names {
            guard case .string(let key) = name else { throw ExampleProblem("has an input key that is no string", id) }
            guard data[key] != nil else { throw ExampleProblem("names input key `\(key)`, which `data` lacks", id) }
            inputKeys.append(key)
        }
        let inputs = Set(inputKeys)
        let labels: [Label] = data.keys.filter { !inputs.contains($0) }.compactMap { key in
            guard let value = data[key] else { return nil }
            var escaped: [UInt8] = []
            var bytes: [UInt8] = []
            bytes.append(contentsOf: key.utf8)
            unsafe appendEscaped(bytes.span.bytes, to: &escaped)
            return Label(key, escaped: escaped, value: value)
        }
        content = Content(id, data, inputKeys, labels, value.exactBytes)
    }
}

extension JSONValue {
    /// There is a float of zero somewhere in it.
    fileprivate var holdsZero: Bool {
        switch self {
        case .double(let number): number == 0
        case .array(let elements): elements.contains(where: \.holdsZero)
        case .object(let object): object.entries.contains(where: \.value.holdsZero)
        default: false
        }
    }
}

/// What is wrong with one example.
public struct ExampleProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where it stands: a line of the file, from 1, or nothing.
    public var line: Int?
    /// The example, where it could be told.
    public let exampleID: Text?
    /// What is wrong, continuing "the example …".
    public let message: String

    /// - Parameters:
    ///   - message: what is wrong, continuing "the example …".
    ///   - id: the example, where it could be told.
    ///   - line: the line of the file, from 1.
    public init(_ message: String, _ id: Text? = nil, line: Int? = nil) {
        self.message = message
        exampleID = id
        self.line = line
    }

    /// One sentence with line and id.
    public var description: String {
        let place = line.map { "line \($0): " } ?? ""
        return "\(place)example\(exampleID.map { " `\($0)`" } ?? "") \(message)"
    }
}

extension [UInt8] {
    /// Lower-case hexadecimal.
    public var hexadecimal: String {
        var text: [UInt8] = []
        text.reserveCapacity(count * 2)
        text.append(hexadecimal: self)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends bytes in lower-case hexadecimal.
    mutating func append(hexadecimal bytes: [UInt8]) {
        func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
        for byte in bytes {
            append(digit(byte >> 4))
            append(digit(byte & 15))
        }
    }
}
