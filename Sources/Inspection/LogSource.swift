internal import Files
internal import Kafka
public import Recordings

/// Where a log lies.
public enum LogSource: Sendable {
    /// A recording; `-`: standard input.
    case recording(String)
    /// A range of topics.
    case topics(TopicRange)

    /// Calls `body` with every record that may belong to a thread, in the order of the log: by the index of a recording,
    /// else by reading all of it.
    func forEach(ofThread thread: String, _ body: (LogRecord) throws -> Void) throws {
        switch self {
        case .recording(let path) where path != "-":
            for record in try RecordingIndex(of: path).records(ofThread: thread) { try body(LogRecord(record)) }
        case .recording, .topics: try forEach(body)
        }
    }

    /// Calls `body` with every record, in the order of the log.
    func forEach(_ body: (LogRecord) throws -> Void) throws {
        switch self {
        case .recording(let path):
            let reader = try RecordingReader(path)
            while let chunk = reader.next() {
                let bytes = unsafe chunk.bytes.span.bytes
                var all: [(index: Int, record: LogRecord)] = []
                for (partition, topic, records) in chunk.partitions {
                    let name = reader.topics.indices.contains(topic) ? reader.topics[topic] : nil
                    for place in records {
                        let span = bytes.extracting(place.start..<place.end)
                        let copy = RecordedRecord(span, index: place.index, topic: name, partition: partition)
                        guard let copy else { throw Self.damaged(path, place.index) }
                        all.append((place.index, LogRecord(copy)))
                    }
                }
                for (_, record) in all.sorted(by: { $0.index < $1.index }) { try body(record) }
            }
            if let problem = reader.problem { throw problem }
        case .topics(let range):
            var index = 0
            try WholeTopic(range).forEach { record in
                try body(LogRecord(record, index: index))
                index += 1
            }
        }
    }

    private static func damaged(_ path: String, _ index: Int) -> InputError {
        InputError(.damaged, path, "\(path) is damaged: record \(index) contradicts its own length")
    }
}

/// One record of a log, copied out of it.
struct LogRecord {
    /// Position in the log, from 0.
    let index: Int
    /// Nil: the recording names none.
    let topic: String?
    let partition: Int32
    let offset: Int64
    /// Milliseconds; −1: none.
    let timestamp: Int64
    let key: [UInt8]?
    let headers: [RecordHeader]
    let value: [UInt8]?

    init(_ record: RecordedRecord) {
        index = record.index
        topic = record.topic
        partition = record.partition
        offset = record.offset
        timestamp = record.timestamp
        key = record.key
        headers = record.headers
        value = record.value
    }

    init(_ record: borrowing Record, index: Int) {
        self.index = index
        topic = record.topic
        partition = record.partition
        offset = record.offset
        timestamp = record.timestamp
        if let span = record.key { key = [UInt8](span) } else { key = nil }
        if let span = record.value { value = [UInt8](span) } else { value = nil }
        headers = record.headers
    }
}
