@testable import Pipeline
@testable import Recordings

extension Recording {
    /// The same records as a recording of version 2: every second partition's on another topic, where there are two.
    func version2(topics: [String] = ["dashstream-events"], recordedAt: Int64 = 1_700_000_000_000) -> [UInt8] {
        var bytes = RecordingFormat.header(topics: topics, recordedAt: recordedAt)
        for record in records {
            Self.append(&bytes, record.rest.count + 12, 4)
            Self.append(&bytes, Int(record.partition) % topics.count, 2)
            Self.append(&bytes, Int(record.partition), 2)
            Self.append(&bytes, Int(record.offset), 8)
            bytes += record.rest
        }
        return bytes
    }
}
