/// Who a message that is written is from and where it belongs.
public struct OutgoingHeader: Sendable, Hashable {
    /// Unlike any other message's.
    public var messageID: [UInt8]
    /// The producer's clock, microseconds since 1970.
    public var timestampMicroseconds: Int64
    /// The tenant; may be empty.
    public var tenantID: String
    /// The run.
    public var threadID: String
    /// Position in the thread's counter.
    public var sequence: UInt64

    /// A header of the current schema version.
    public init(messageID: [UInt8], timestampMicroseconds: Int64, tenantID: String, threadID: String, sequence: UInt64)
    {
        self.messageID = messageID
        self.timestampMicroseconds = timestampMicroseconds
        self.tenantID = tenantID
        self.threadID = threadID
        self.sequence = sequence
    }

    func bytes(_ kind: MessageKind) -> [UInt8] {
        var writer = MessageWriter()
        writer.data(1, messageID)
        writer.varint(2, timestampMicroseconds)
        writer.text(3, tenantID)
        writer.text(4, threadID)
        writer.varint(5, sequence)
        writer.varint(6, UInt64(kind.rawValue))
        writer.varint(9, UInt64(1))
        return writer.bytes
    }
}

/// The value of an attribute that is written.
public enum OutgoingAttribute: Sendable, Hashable {
    case string(String)
    case integer(Int64)
    case float(Double)
    case boolean(Bool)
    case bytes([UInt8])
    case array([OutgoingAttribute])

    var encoded: [UInt8] {
        var writer = MessageWriter()
        switch self {
        // the one that is set is written, its default too
        case .string(let text): writer.message(1, Array(text.utf8))
        case .integer(let number): writer.setVarint(2, UInt64(bitPattern: number))
        case .float(let number): writer.double(3, number)
        case .boolean(let flag): writer.setVarint(4, flag ? 1 : 0)
        case .bytes(let bytes): writer.message(5, bytes)
        case .array(let elements):
            var inner = MessageWriter()
            for element in elements { inner.message(1, element.encoded) }
            writer.message(6, inner.bytes)
        }
        return writer.bytes
    }
}

extension MessageWriter {
    /// A varint that is written though it be 0: one of several is set.
    mutating func setVarint(_ field: UInt32, _ value: UInt64) {
        var tagged = [UInt8]()
        tagged.appendVarint(UInt64(field << 3))
        tagged.appendVarint(value)
        append(tagged)
    }
}

/// A message that is written: its header and what its kind holds.
public struct OutgoingMessage: Sendable, Hashable {
    let header: OutgoingHeader
    let kind: MessageKind
    /// The fields behind the header.
    let fields: [UInt8]

    /// The message of that kind, header first.
    var body: [UInt8] {
        var writer = MessageWriter()
        writer.message(1, header.bytes(kind))
        return writer.bytes + fields
    }

    /// The whole `DashStreamMessage`.
    public var bytes: [UInt8] {
        var writer = MessageWriter()
        writer.message(UInt32(kind.rawValue), body)
        return writer.bytes
    }
}

extension OutgoingMessage {
    /// The producer's clock, microseconds since 1970.
    public var timestampMicroseconds: Int64 { header.timestampMicroseconds }
}
