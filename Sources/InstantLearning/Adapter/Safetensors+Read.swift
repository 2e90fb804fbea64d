internal import JSON

extension Safetensors {
    /// Reads a file. Every byte is accounted for: tensors that overlap, leave holes or reach beyond the end are refused.
    ///
    /// - Throws: ``SafetensorsError`` that says where the file is wrong, or that a tensor is not float32.
    public init(bytes: [UInt8]) throws(SafetensorsError) {
        var reader = ByteReader(bytes)
        guard let length = reader.integer(UInt64.self) else {
            throw SafetensorsError("the file has \(bytes.count) bytes: not even the header's length is there")
        }
        guard length <= 100_000_000, let header = reader.bytes(Int(length)) else {
            throw SafetensorsError("the header is \(length) bytes long, the file \(bytes.count)")
        }
        let value: JSONValue
        do { value = try JSONValue(parsing: Array(header)) } catch {
            throw SafetensorsError("the header is no JSON: \(error)")
        }
        guard case .object(let object) = value else { throw SafetensorsError("the header is no JSON object") }
        self.init()
        var parts: [(start: Int, end: Int, name: String, shape: [Int])] = []
        for entry in object.entries {
            if entry.key == Self.metadataName {
                metadata = try Self.texts(entry.value)
            } else {
                parts.append(try Self.part(entry.key.string, entry.value))
            }
        }
        // where two begin together, the empty one comes first
        parts.sort { ($0.start, $0.end) < ($1.start, $1.end) }
        var expected = 0
        for part in parts {
            guard part.start == expected else {
                throw SafetensorsError(
                    "tensor `\(part.name)` begins at byte \(part.start) of the data, not at \(expected) where the one "
                        + "before it ends"
                )
            }
            expected = part.end
            guard let values = reader.floats((part.end - part.start) / 4) else {
                throw SafetensorsError("tensor `\(part.name)` reaches beyond the end of the file")
            }
            tensors[part.name] = try Tensor(shape: part.shape, values: values)
        }
        guard reader.isAtEnd else { throw SafetensorsError("there are bytes behind the last tensor") }
    }

    private static func texts(_ value: JSONValue) throws(SafetensorsError) -> [String: String] {
        guard case .object(let object) = value else { throw SafetensorsError("`__metadata__` is no object") }
        var texts: [String: String] = [:]
        for entry in object.entries {
            guard case .string(let text) = entry.value else {
                throw SafetensorsError("`__metadata__` has `\(entry.key)`, which is no text")
            }
            texts[entry.key.string] = text.string
        }
        return texts
    }

    private static func part(_ name: String, _ value: JSONValue) throws(SafetensorsError) -> (
        start: Int, end: Int, name: String, shape: [Int]
    ) {
        guard case .string(let type)? = value["dtype"], let shape = integers(value["shape"]),
            let offsets = integers(value["data_offsets"]), offsets.count == 2
        else { throw SafetensorsError("tensor `\(name)` has no dtype, shape and data_offsets") }
        guard type == "F32" else {
            throw SafetensorsError("tensor `\(name)` is \(type): only F32 can be read; convert it first")
        }
        let (start, end) = (offsets[0], offsets[1])
        guard let count = Tensor.count(shape), start >= 0, end >= start, (end - start) % 4 == 0,
            (end - start) / 4 == count
        else {
            throw SafetensorsError("tensor `\(name)`: shape \(shape) and data_offsets \(offsets) do not fit")
        }
        return (start, end, name, shape)
    }

    private static func integers(_ value: JSONValue?) -> [Int]? {
        guard case .array(let elements)? = value else { return nil }
        var numbers: [Int] = []
        for element in elements {
            guard case .integer(let number) = element else { return nil }
            numbers.append(Int(number))
        }
        return numbers
    }
}
