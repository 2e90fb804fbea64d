import Foundation

/// A recording taken apart, so that tests can put it together otherwise.
struct Recording {
    struct Record {
        var partition: UInt16
        var offset: UInt64
        /// Timestamp, key, headers and payload as they stand in the file.
        var rest: [UInt8]
        var key: [UInt8]

        var timestamp: Int64 { Int64(Recording.number(rest, 0, 8)) }

        /// The payload; nil: a tombstone.
        var payload: [UInt8]? {
            var at = 10 + key.count
            let headers = Recording.number(rest, at, 2)
            at += 2
            for _ in 0..<headers {
                at += 2 + Recording.number(rest, at, 2)
                at += 4 + Recording.number(rest, at, 4)
            }
            let count = Recording.number(rest, at, 4)
            return count == 0xFFFF_FFFF ? nil : Array(rest[(at + 4)...])
        }
    }

    static let magic: [UInt8] = [0x44, 0x53, 0x52, 0x55, 0x4E, 0, 0, 1]
    var records: [Record] = []
    /// Of those partitions that records were appended to.
    var nextOffsets: [UInt16: UInt64] = [:]

    init(_ path: String) throws {
        let bytes = try [UInt8](Data(contentsOf: URL(filePath: path)))
        var at = 8
        while at < bytes.count {
            let length = Self.number(bytes, at, 4)
            let body = Array(bytes[at + 4..<at + 4 + length])
            at += 4 + length
            let keyLength = Self.number(body, 18, 2)
            records.append(
                Record(
                    partition: UInt16(Self.number(body, 0, 2)),
                    offset: UInt64(Self.number(body, 2, 8)),
                    rest: Array(body[10...]),
                    key: Array(body[20..<20 + keyLength])
                )
            )
        }
    }

    /// The file with the same records, in the same order, on `count` partitions by their keys.
    func repartitioned(_ count: Int) -> [UInt8] {
        var next: [UInt16: UInt64] = [:]
        var other = self
        for index in records.indices {
            let partition = UInt16(Self.crc32(records[index].key) % UInt32(count))
            other.records[index].partition = partition
            other.records[index].offset = next[partition, default: 0]
            next[partition, default: 0] += 1
        }
        return other.bytes
    }

    /// The file.
    var bytes: [UInt8] {
        var bytes = Self.magic
        for record in records {
            Self.append(&bytes, record.rest.count + 10, 4)
            Self.append(&bytes, Int(record.partition), 2)
            Self.append(&bytes, Int(record.offset), 8)
            bytes += record.rest
        }
        return bytes
    }

    static func append(_ bytes: inout [UInt8], _ value: Int, _ count: Int) {
        for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
    }

    fileprivate static func number(_ bytes: [UInt8], _ at: Int, _ count: Int) -> Int {
        (0..<count).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
    }

    /// librdkafka's partitioner is this number modulo the partitions.
    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return ~crc
    }
}
