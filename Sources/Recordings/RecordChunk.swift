import Files
package import Reinforce

/// Whole records of a recording, with where each begins.
package struct RecordChunk: Sendable {
    /// The records' bytes.
    package let bytes: [UInt8]
    /// Decompressed bytes of the recording before it.
    package let position: Int64
    /// Index within the recording of the chunk's first record.
    package let firstIndex: Int
    /// For each partition in ascending order: indexes and offsets of its records within the chunk.
    package let partitions: [(partition: Int32, topic: Int, records: [RecordLocation])]
    /// Records in the chunk.
    package let count: Int
}

/// Where a record's body lies in its chunk.
package struct RecordLocation: Sendable {
    package let index: Int
    package let start: Int
    package let end: Int
}

/// One record of a recording, borrowed.
package struct RecordView: ~Escapable {
    package let position: RecordPosition
    package let key: RawSpan
    package let value: RawSpan?
    package let traceparent: RawSpan?

    /// Reads the record's body behind its partition; nil where its lengths contradict each other.
    @_lifetime(copy body)
    package init?(_ body: RawSpan, partition: Int32) {
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
