/// Where a record stands in its topic, and when it was written.
public struct RecordPosition: Hashable, Sendable {
    /// The partition it was read from.
    public var partition: Int32
    /// Its offset in that partition.
    public var offset: Int64
    /// Its Kafka timestamp in milliseconds since 1970; what cannot be believed has been replaced before.
    public var timestamp: Int64
    /// Number of its topic among those of the input.
    public var topic: Int32

    /// Names a record.
    public init(partition: Int32, offset: Int64, timestamp: Int64, topic: Int32 = 0) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.timestamp = timestamp
    }
}

/// The records of one partition that a thread was assembled from.
public struct SourceRange: Hashable, Sendable {
    /// The partition.
    public var partition: Int32
    /// Offset of the first record that belongs to the thread.
    public var firstOffset: Int64
    /// Offset of the last record accepted while the thread was open.
    public var lastOffset: Int64
    /// Number of its topic among those of the input.
    public var topic: Int32

    /// Names a range of records, both ends included.
    public init(partition: Int32, firstOffset: Int64, lastOffset: Int64, topic: Int32 = 0) {
        self.topic = topic
        self.partition = partition
        self.firstOffset = firstOffset
        self.lastOffset = lastOffset
    }
}
