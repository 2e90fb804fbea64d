/// A record to write.
public struct OutgoingRecord: Sendable, Hashable {
    /// Where to.
    public var topic: String
    /// nil: by the key (CRC32, as librdkafka does), without a key anywhere.
    public var partition: Int32?
    /// What it is about; nil is not the same as empty.
    public var key: [UInt8]?
    /// What it says; nil: a tombstone.
    public var value: [UInt8]?
    /// In order; a name may come twice.
    public var headers: [RecordHeader]
    /// Milliseconds; 0: now.
    public var timestamp: Int64
    /// Its offset is needed for what is committed with it.
    public var reportsOffset: Bool

    /// A record.
    public init(
        topic: String,
        partition: Int32? = nil,
        key: [UInt8]?,
        value: [UInt8]?,
        headers: [RecordHeader] = [],
        timestamp: Int64 = 0,
        reportsOffset: Bool = false
    ) {
        self.topic = topic
        self.partition = partition
        self.key = key
        self.value = value
        self.headers = headers
        self.timestamp = timestamp
        self.reportsOffset = reportsOffset
    }
}
