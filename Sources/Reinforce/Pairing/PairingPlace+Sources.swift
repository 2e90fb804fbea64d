public import DashStream
public import JSON

extension PairingPlace {
    /// Reads the attributes of a GRAPH_START.
    public init(_ event: borrowing EventView) {
        var place = PairingPlace()
        // of a name that comes twice the last one counts
        event.forEachAttribute { name, value in place.read(name, value) }
        self = place
    }

    private mutating func read(_ name: RawSpan, _ value: borrowing AttributeView) {
        switch name.byteCount {
        case 6: if name.hasPrefix("run_id") { runID = value.text }
        case 7: if name.hasPrefix("attempt") { attempt = Number(value) }
        case 8: if name.hasPrefix("group_id") { groupID = value.text }
        case 9: if name.hasPrefix("trainable") { trainable = value.boolean }
        case 10:
            if name.hasPrefix("example_id") { exampleID = value.text }
            if name.hasPrefix("group_size") { groupSize = Number(value) }
        case 13: if name.hasPrefix("rollout_index") { rolloutIndex = Number(value) }
        case 14: if name.hasPrefix("policy_version") { policyVersion = Self.version(value) }
        default: break
        }
    }

    /// Reads the JSON object that stands in a manifest at `pointer`; nil where there is none.
    public init?(manifest text: RawSpan, at pointer: JSONPointer) {
        guard text.mayHold(pointer), case .object(let object)? = try? JSONValue(parsing: text, at: pointer) else {
            return nil
        }
        self.init(object)
    }

    /// Reads a registry record or any other JSON object with the same fields.
    public init(_ object: JSONObject) {
        exampleID = Self.text(object["example_id"])
        groupID = Self.text(object["group_id"])
        rolloutIndex = Number(object["rollout_index"])
        groupSize = Number(object["group_size"])
        attempt = Number(object["attempt"])
        policyVersion = Self.version(object["policy_version"])
        runID = Self.text(object["run_id"])
        if case .bool(let flag)? = object["trainable"] { trainable = flag }
    }

    private static func text(_ value: JSONValue?) -> Text? {
        if case .string(let text)? = value { text } else { nil }
    }

    /// A policy version is a text, or a whole number read as its text.
    private static func version(_ value: JSONValue?) -> Text? {
        switch value {
        case .string(let text)?: text
        case .integer(let number)?: Text(String(number))
        case .unsigned(let number)?: Text(String(number))
        case .large(let digits)?: digits
        default: nil
        }
    }

    private static func version(_ value: borrowing AttributeView) -> Text? {
        value.text ?? value.integer.map { Text(String($0)) }
    }
}

extension PairingPlace.Number {
    init(_ value: JSONValue?) {
        switch value {
        case nil, .null?: self = .missing
        case .integer(let number)?: self = .value(number)
        case .string(let text)?: self = Self.canonical(text.string)
        default: self = .malformed
        }
    }

    init(_ value: borrowing AttributeView) {
        if let number = value.integer {
            self = .value(number)
        } else if let text = value.text {
            self = Self.canonical(text.string)
        } else {
            self = .malformed
        }
    }

    /// Decimal as a number is printed: no sign but a minus, no leading zeros, no spaces.
    private static func canonical(_ text: String) -> Self {
        guard let number = Int64(text), String(number) == text else { return .malformed }
        return .value(number)
    }
}

extension RawSpan {
    /// Whether JSON may have a value at a pointer: false where the first key does not even stand in its bytes, as in most
    /// manifests. Whoever escapes anything may spell it otherwise.
    fileprivate func mayHold(_ pointer: JSONPointer) -> Bool {
        guard let token = pointer.tokens.first else { return true }
        return token.withBytes { token in
            // a number can be an index, which does not stand there
            guard token.byteCount > 0, !(48...57).contains(token.byte(0)) else { return true }
            let first = token.byte(0)
            for at in 0..<byteCount {
                let byte = self.byte(at)
                if byte == UInt8(ascii: "\\") { return true }
                if byte == first, byteCount &- at >= token.byteCount,
                    extracting(at..<at &+ token.byteCount).hasSameBytes(as: token)
                {
                    return true
                }
            }
            return false
        }
    }
}

extension AttributeView {
    /// The attribute as text, where it is a string.
    var text: Text? {
        guard let string else { return nil }
        return Text(utf8: string)
    }
}
