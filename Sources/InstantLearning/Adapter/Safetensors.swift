internal import JSON

/// A file of named float32 tensors with text beside them, in the safetensors format: a length (u64, little endian), a JSON
/// header, and the numbers (https://github.com/huggingface/safetensors).
public struct Safetensors: Sendable, Hashable {
    /// Numbers with a shape, row after row.
    public struct Tensor: Sendable, Hashable {
        /// Its sizes.
        public let shape: [Int]
        /// As many numbers as the sizes multiply to.
        public let values: [Float]

        /// - Throws: ``SafetensorsError`` where the shape and the numbers do not fit.
        public init(shape: [Int], values: [Float]) throws(SafetensorsError) {
            guard Self.count(shape) == values.count else {
                throw SafetensorsError("a tensor of shape \(shape) cannot have \(values.count) numbers")
            }
            self.shape = shape
            self.values = values
        }

        /// How many numbers a shape has; nil where that is no number.
        static func count(_ shape: [Int]) -> Int? {
            var count = 1
            for size in shape {
                let (product, overflow) = count.multipliedReportingOverflow(by: size)
                guard size >= 0, !overflow else { return nil }
                count = product
            }
            return count
        }
    }

    /// Tensors by name.
    public var tensors: [String: Tensor]
    /// Texts by name.
    public var metadata: [String: String]

    /// A file's content.
    public init(tensors: [String: Tensor] = [:], metadata: [String: String] = [:]) {
        self.tensors = tensors
        self.metadata = metadata
    }

    /// The file. Names in order, the header canonical and padded to eight: the same content gives the same bytes.
    public var bytes: [UInt8] {
        let names = tensors.keys.map { Text($0) }.sorted()
        var entries: [(Text, JSONValue)] = []
        if !metadata.isEmpty {
            let texts = metadata.map { (Text($0.key), JSONValue.string(Text($0.value))) }
            entries.append((Self.metadataName, .object(JSONObject(texts))))
        }
        var end = 0
        for name in names {
            guard let tensor = tensors[name.string] else { continue }
            let start = end
            end += tensor.values.count * 4
            let entry = JSONObject([
                ("data_offsets", .array([.integer(Int64(start)), .integer(Int64(end))])), ("dtype", .string("F32")),
                ("shape", .array(tensor.shape.map { .integer(Int64($0)) })),
            ])
            entries.append((name, .object(entry)))
        }
        var header = JSONValue.object(JSONObject(entries)).canonicalBytes
        while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
        var writer = ByteWriter()
        writer.reserve(8 + header.count + end)
        writer.integer(UInt64(header.count))
        writer.bytes(header)
        for name in names { writer.floats(tensors[name.string]?.values ?? []) }
        return writer.bytes
    }

    static let metadataName: Text = "__metadata__"
}

/// Why a file is no safetensors file that can be read here.
public struct SafetensorsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, for a person.
    public let description: String

    init(_ description: String) { self.description = description }
}
