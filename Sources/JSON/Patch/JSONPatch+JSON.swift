extension JSONPatch {
    /// Reads a patch document: an array of operation objects.
    ///
    /// - Throws: ``JSONPatchError`` with the first operation that is none.
    public init(_ value: JSONValue) throws(JSONPatchError) {
        guard case .array(let elements) = value else { throw JSONPatchError(reason: .malformed, index: 0) }
        operations = []
        for (index, element) in elements.enumerated() {
            guard let operation = JSONPatchOperation(element) else {
                throw JSONPatchError(reason: .malformed, index: index)
            }
            operations.append(operation)
        }
    }
}

extension JSONPatchOperation {
    /// Reads an operation object; nil where it is none.
    fileprivate init?(_ value: JSONValue) {
        guard case .string(let name)? = value["op"], let path = Self.pointer(value["path"]) else { return nil }
        switch (name.string, value["value"], Self.pointer(value["from"])) {
        case ("add", let new?, _): self = .add(path, new)
        case ("remove", _, _): self = .remove(path)
        case ("replace", let new?, _): self = .replace(path, new)
        case ("test", let new?, _): self = .test(path, new)
        case ("move", _, let from?): self = .move(from: from, path)
        case ("copy", _, let from?): self = .copy(from: from, path)
        default: return nil
        }
    }

    private static func pointer(_ value: JSONValue?) -> JSONPointer? {
        guard case .string(let text)? = value else { return nil }
        return try? JSONPointer(text)
    }
}
