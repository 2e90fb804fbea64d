internal import Files
public import Kafka

/// One record of a recording, copied out of it.
public struct RecordedRecord: Sendable, Hashable {
    /// Position in the recording, from 0.
    public let index: Int
    /// Its topic; nil in version 1, which does not name any.
    public let topic: String?
    /// Its partition.
    public let partition: Int32
    /// Its offset.
    public let offset: Int64
    /// Its Kafka timestamp, milliseconds; −1: none.
    public let timestamp: Int64
    /// Its key; a missing one is empty.
    public let key: [UInt8]
    /// Its headers, in order.
    public let headers: [RecordHeader]
    /// Its value; nil: a tombstone.
    public let value: [UInt8]?

    /// Copies the body at `location`; nil where its lengths contradict each other.
    package init?(_ body: RawSpan, index: Int, topic: String?, partition: Int32) {
        var reader = LittleEndianReader(body)
        guard let offset = reader.integer(8), let timestamp = reader.integer(8), let keyCount = reader.integer(2),
            let key = reader.bytes(Int(keyCount)), let count = reader.integer(2)
        else { return nil }
        var headers: [RecordHeader] = []
        for _ in 0..<count {
            guard let nameCount = reader.integer(2), let name = reader.bytes(Int(nameCount)),
                let valueCount = reader.integer(4)
            else { return nil }
            let text = String(decoding: [UInt8](name), as: UTF8.self)
            guard valueCount != 0xFFFF_FFFF else {
                headers.append(RecordHeader(text, nil))
                continue
            }
            guard let value = reader.bytes(Int(valueCount)) else { return nil }
            headers.append(RecordHeader(text, [UInt8](value)))
        }
        guard let length = reader.integer(4) else { return nil }
        if length == 0xFFFF_FFFF {
            value = nil
        } else {
            guard let payload = reader.bytes(Int(length)) else { return nil }
            value = [UInt8](payload)
        }
        self.index = index
        self.topic = topic
        self.partition = partition
        self.offset = Int64(bitPattern: offset)
        self.timestamp = Int64(bitPattern: timestamp)
        self.key = [UInt8](key)
        self.headers = headers
    }
}
