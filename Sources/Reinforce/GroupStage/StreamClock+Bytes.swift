import JSON

extension StreamClock {
    private static var format: UInt64 { 1 }

    /// The clock as it stands in a checkpoint: a few bytes a source. The checkpoint guards them with its own checksum.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendVarint(Self.format)
        bytes.appendVarint(time == nil ? 0 : 1)
        bytes.appendVarint(zigzag: time ?? 0)
        bytes.appendVarint(zigzag: reach)
        bytes.appendVarint(UInt64(marks.count))
        var last = Mark(offset: reach, time: time ?? 0)
        for mark in marks {
            bytes.appendVarint(zigzag: mark.offset &- last.offset)
            bytes.appendVarint(zigzag: mark.time &- last.time)
            last = mark
        }
        let topics = Dictionary(grouping: sources.keys, by: \.topic)
        bytes.appendVarint(UInt64(topics.count))
        for (topic, sources) in topics.sorted(by: { $0.key < $1.key }) {
            bytes.appendVarint(UInt64(topic.utf8.count))
            bytes.append(contentsOf: topic.utf8)
            bytes.appendVarint(UInt64(sources.count))
            for source in sources.sorted() {
                guard let state = self.sources[source] else { continue }
                bytes.appendVarint(UInt64(source.partition))
                bytes.appendVarint((state.isIdle ? 1 : 0) | (state.time == nil ? 0 : 2))
                if let own = state.time { bytes.appendVarint(zigzag: own &- (time ?? 0)) }
            }
        }
        return bytes
    }

    /// Reads what ``encoded`` has written; nil where it is anything else.
    public init?(decoding bytes: [UInt8]) {
        self.init()
        var reader = StoredReader(unsafe bytes.span.bytes, at: 0)
        guard reader.varint() == Self.format, let hasTime = reader.varint(), hasTime <= 1, let now = reader.zigzag(),
            let reach = reader.zigzag(), let count = reader.varint(), count <= UInt64(bytes.count)
        else { return nil }
        self.reach = reach
        time = hasTime == 1 ? now : nil
        var last = Mark(offset: reach, time: now)
        for _ in 0..<count {
            guard let offset = reader.zigzag(), let time = reader.zigzag() else { return nil }
            last = Mark(offset: last.offset &+ offset, time: last.time &+ time)
            marks.append(last)
        }
        guard let topics = reader.varint(), topics <= UInt64(bytes.count) else { return nil }
        for _ in 0..<topics {
            guard let name = reader.bytes(), let topic = Text(utf8: name), let count = reader.varint(),
                count <= UInt64(bytes.count)
            else { return nil }
            for _ in 0..<count {
                guard let partition = reader.varint(), partition <= UInt64(Int32.max), let flags = reader.varint(),
                    flags <= 3
                else { return nil }
                var state = State(time: nil, isIdle: flags & 1 == 1)
                if flags & 2 == 2 {
                    guard let distance = reader.zigzag() else { return nil }
                    state.time = now &+ distance
                }
                sources[TimeSource(topic: topic, partition: Int32(partition))] = state
            }
        }
        guard reader.offset == bytes.count else { return nil }
    }
}

extension [UInt8] {
    /// Appends a number with a sign, small where it is near 0.
    fileprivate mutating func appendVarint(zigzag value: Int64) {
        appendVarint(UInt64(bitPattern: (value &<< 1) ^ (value &>> 63)))
    }
}

extension StoredReader {
    fileprivate mutating func zigzag() -> Int64? {
        varint().map { Int64(bitPattern: $0 &>> 1) ^ (0 &- Int64(bitPattern: $0 & 1)) }
    }
}
