import Reinforce

/// Whole records of a recording, with where each begins.
struct RecordChunk: Sendable {
    /// The records' bytes.
    let bytes: [UInt8]
    /// Decompressed bytes of the recording before it.
    let position: Int64
    /// Index within the recording of the chunk's first record.
    let firstIndex: Int
    /// For each partition in ascending order: indexes and offsets of its records within the chunk.
    let partitions: [(partition: Int32, topic: Int, records: [RecordLocation])]
    /// Records in the chunk.
    let count: Int
}

/// Where a record's body lies in its chunk.
struct RecordLocation: Sendable {
    let index: Int
    let start: Int
    let end: Int
}

/// One record of a recording, borrowed.
struct RecordView: ~Escapable {
    let position: RecordPosition
    let key: RawSpan
    let value: RawSpan?
    let traceparent: RawSpan?

    /// Reads the record's body behind its partition; nil where its lengths contradict each other.
    @_lifetime(copy body)
    init?(_ body: RawSpan, partition: Int32) {
        var reader = LittleEndianReader(body)
        guard let offset = reader.integer(8), let timestamp = reader.integer(8), let keyCount = reader.integer(2),
            let key = reader.bytes(Int(keyCount)), let headers = reader.integer(2)
        else { return nil }
        var parent: RawSpan?
        for _ in 0..<headers {
            guard let nameCount = reader.integer(2), let name = reader.bytes(Int(nameCount)),
                let valueCount = reader.integer(4)
            else { return nil }
            guard valueCount != 0xFFFF_FFFF else {
                // the last one of the name counts, as with Kafka's clients
                if name.holds("traceparent") { parent = nil }
                continue
            }
            guard let value = reader.bytes(Int(valueCount)) else { return nil }
            if name.holds("traceparent") { parent = value }
        }
        guard let count = reader.integer(4) else { return nil }
        if count == 0xFFFF_FFFF {
            value = nil
        } else {
            guard let payload = reader.bytes(Int(count)) else { return nil }
            value = payload
        }
        guard reader.isAtEnd else { return nil }
        position = RecordPosition(
            partition: partition,
            offset: Int64(bitPattern: offset),
            timestamp: Int64(bitPattern: timestamp)
        )
        self.key = key
        traceparent = parent
    }
}
