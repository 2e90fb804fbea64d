/// Names the record on the checkpoints topic that holds a checkpoint too long to stand beside an offset.
public struct CheckpointPointer: Hashable, Sendable {
    /// Partition of the checkpoints topic.
    public var partition: Int32
    /// Offset of the record there.
    public var offset: Int64
    /// Characters of the checkpoint's text.
    public var length: Int
    /// CRC-32 of the checkpoint's text.
    public var sum: UInt32

    /// Points at a record that holds `text`.
    public init(partition: Int32, offset: Int64, text: String) {
        self.partition = partition
        self.offset = offset
        length = text.utf8.count
        sum = crc32(text.utf8)
    }

    init(partition: Int32, offset: Int64, length: Int, sum: UInt32) {
        self.partition = partition
        self.offset = offset
        self.length = length
        self.sum = sum
    }

    /// `@partition:offset:length:crc`, the last in hexadecimal.
    public var text: String { "@\(partition):\(offset):\(length):\(String(sum, radix: 16))" }

    /// Reads what ``text`` has written; nil where it is anything else.
    public init?(_ text: String) {
        guard text.hasPrefix("@") else { return nil }
        let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 4, let partition = Int32(parts[0]), let offset = Int64(parts[1]),
            let length = Int(parts[2]), let sum = UInt32(parts[3], radix: 16),
            partition >= 0, offset >= 0, length > 0
        else { return nil }
        self.partition = partition
        self.offset = offset
        self.length = length
        self.sum = sum
        // signs, leading zeros and capitals: no writer writes them
        guard self.text == text else { return nil }
    }

    /// Whether a record's value is the text that was pointed at.
    public func names(_ value: [UInt8]) -> Bool { value.count == length && crc32(value) == sum }
}

extension Checkpoint {
    /// Characters that stand beside an offset with room to spare (a broker's default limit is 4,096); what is longer goes
    /// to the checkpoints topic and a ``CheckpointPointer`` takes its place.
    public static let inlineLimit = 2048

    /// Whether a checkpoint's text may stand beside the offset itself.
    public static func fitsInline(_ text: String) -> Bool { text.utf8.count <= inlineLimit }
}
