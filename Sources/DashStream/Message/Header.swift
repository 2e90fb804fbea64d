/// Who a message is from and where it belongs; borrows the message.
public struct Header: ~Escapable {
    /// The id of this message, unlike any other's; retries keep it.
    public private(set) var messageID: RawSpan
    /// The tenant; may be empty.
    public private(set) var tenantID: RawSpan
    /// The run.
    public private(set) var threadID: RawSpan
    /// The message this one follows; empty where none is named.
    public private(set) var parentID: RawSpan
    /// The producer's clock, microseconds since 1970.
    public private(set) var timestampMicroseconds: Int64 = 0
    /// Position in one of the thread's counters.
    public private(set) var sequence: UInt64 = 0
    /// What the producer says the message is (`MessageType`).
    public private(set) var type: Int32 = 0
    /// What the producer says of its packing (`CompressionType`); the frame decides.
    public private(set) var compression: Int32 = 0
    /// The schema's version; 0 counts as 1.
    public private(set) var schemaVersion: UInt32 = 0

    /// Reads a header that was checked with its message.
    @_lifetime(copy span)
    @inline(__always)
    init(_ span: RawSpan) {
        let none = span.extracting(0..<0)
        messageID = none
        tenantID = none
        threadID = none
        parentID = none
        var reader = WireReader(span)
        while let tag = reader.tag() {
            switch tag {
            case 0x0A: if let id = reader.bytes() { messageID = id }
            case 0x10: timestampMicroseconds = Int64(bitPattern: reader.varint() ?? 0)
            case 0x1A: if let id = reader.bytes() { tenantID = id }
            case 0x22: if let id = reader.bytes() { threadID = id }
            case 0x28: sequence = reader.varint() ?? 0
            case 0x30: type = Int32(wire: reader.varint() ?? 0)
            case 0x3A: if let id = reader.bytes() { parentID = id }
            case 0x40: compression = Int32(wire: reader.varint() ?? 0)
            case 0x48: schemaVersion = UInt32(truncatingIfNeeded: reader.varint() ?? 0)
            default: guard reader.skip(tag, depth: 0) else { return }
            }
        }
    }
}

extension SchemaPolicy {
    /// Whether a message of `version` is read.
    func accepts(_ version: UInt32) -> Bool {
        let version = max(version, 1)
        return switch self {
        case .exact: version == 1
        case .forward: version >= 1
        case .backward: version <= 1
        }
    }
}
