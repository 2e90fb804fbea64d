internal import Files
internal import Kafka
internal import Problems

/// What stands where in a recording (`DSRUN`), as it is written: version 2, whose records name their topic.
enum RecordingFormat {
    /// Without the version.
    static let magic: [UInt8] = [0x44, 0x53, 0x52, 0x55, 0x4E, 0, 0]
    /// Bytes of whole records after which a block ends: a zstd frame, and a unit of the index.
    static let blockBytes = 4 << 20

    /// All that stands before the first record.
    static func header(topics: [String], recordedAt: Int64) -> [UInt8] {
        var bytes = magic + [2]
        bytes.append(little: UInt64(bitPattern: recordedAt), 8)
        bytes.append(little: UInt64(topics.count), 2)
        for topic in topics {
            bytes.append(little: UInt64(topic.utf8.count), 2)
            bytes.append(contentsOf: topic.utf8)
        }
        return bytes
    }

    /// Appends one record with its length.
    ///
    /// - Parameter topic: its number in the header.
    /// - Throws: ``PipelineProblem`` where a field is larger than the format's counts can tell.
    static func append(_ record: borrowing Record, topic: Int, to bytes: inout [UInt8]) throws(PipelineProblem) {
        let start = bytes.count
        bytes.append(little: 0, 4)
        bytes.append(little: UInt64(topic), 2)
        bytes.append(little: UInt64(UInt32(bitPattern: record.partition)), 2)
        bytes.append(little: UInt64(bitPattern: record.offset), 8)
        bytes.append(little: UInt64(bitPattern: record.timestamp), 8)
        let keyCount = record.key?.byteCount ?? 0
        bytes.append(little: UInt64(keyCount), 2)
        if let key = record.key { bytes.append(key) }
        let headers = record.headerCount
        bytes.append(little: UInt64(headers), 2)
        var longestName = 0
        if headers > 0 {
            record.forEachHeader { name, value in
                longestName = max(longestName, name.byteCount)
                bytes.append(little: UInt64(name.byteCount), 2)
                bytes.append(name)
                bytes.append(little: UInt64(value?.byteCount ?? 0xFFFF_FFFF), 4)
                if let value { bytes.append(value) }
            }
        }
        bytes.append(little: UInt64(record.value?.byteCount ?? 0xFFFF_FFFF), 4)
        if let value = record.value { bytes.append(value) }
        let length = bytes.count - start - 4
        guard keyCount <= 0xFFFF, headers <= 0xFFFF, (0...0xFFFF).contains(record.partition), topic <= 0xFFFF,
            longestName <= 0xFFFF, length < 0xFFFF_FFFF
        else {
            bytes.removeLast(bytes.count - start)
            throw PipelineProblem(
                .data,
                "offset \(record.offset) of \(record.topic)[\(record.partition)] cannot be recorded: its "
                    + "partition, key, a header's name or the number of its headers is above 65,535; record around it "
                    + "with --from and --to"
            )
        }
        for index in 0..<4 { bytes[start + index] = UInt8(truncatingIfNeeded: length >> (8 * index)) }
    }
}
