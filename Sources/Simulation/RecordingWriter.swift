public import Files
internal import Foundation
internal import Pipeline

/// Writes records as a recording (version 1), on partitions by their keys as librdkafka would put them.
public struct RecordingWriter {
    private let file: OutputFile
    private let partitions: UInt32
    private var next: [UInt32: UInt64] = [:]

    /// - Throws: when the file cannot be made.
    public init(_ path: String, partitions: Int) throws(OutputError) {
        file = try OutputFile(path)
        self.partitions = UInt32(max(1, partitions))
        try file.write([0x44, 0x53, 0x52, 0x55, 0x4E, 0, 0, 1])
    }

    /// Appends a record.
    public mutating func write(_ record: TrafficRecord) throws(OutputError) {
        let partition = crc32(record.key) % partitions
        let offset = next[partition, default: 0]
        next[partition] = offset + 1
        var body: [UInt8] = []
        append(UInt64(partition), 2, &body)
        append(offset, 8, &body)
        append(UInt64(bitPattern: record.timestamp), 8, &body)
        append(UInt64(record.key.count), 2, &body)
        body += record.key
        append(0, 2, &body)
        append(UInt64(record.value.count), 4, &body)
        body += record.value
        var length: [UInt8] = []
        append(UInt64(body.count), 4, &length)
        try file.write(length + body)
    }

    /// Gives the file its name.
    public func finish() throws(OutputError) { try file.finish() }

    private func append(_ value: UInt64, _ count: Int, _ bytes: inout [UInt8]) {
        for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }
}
