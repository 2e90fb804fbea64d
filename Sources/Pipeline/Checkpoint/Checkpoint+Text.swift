internal import Foundation
internal import Reinforce

/// The text beside an offset: base64 of magic (2), format (1), flags (1), group hash (4), code version (2), writer (4),
/// sequence, then what the flags say, the base, the entries, the anchor, and a CRC-32 of it all. Numbers are varints; times zigzag.
extension Checkpoint {
    private static let magic: [UInt8] = [0x44, 0x52]

    private struct Flags: OptionSet {
        let rawValue: UInt8
        /// The position stands above the committed offset.
        static let ahead = Flags(rawValue: 1)
        static let streamTime = Flags(rawValue: 2)
        static let memoryLow = Flags(rawValue: 4)
        static let extra = Flags(rawValue: 8)
        static let lowKey = Flags(rawValue: 16)
        static let lastRecord = Flags(rawValue: 32)
        /// What is open is told as changes of an earlier checkpoint.
        static let base = Flags(rawValue: 64)
        static let all = Flags(rawValue: 127)
    }

    /// Writes it.
    ///
    /// - Parameters:
    ///   - group: the consumer group; another group's checkpoint is refused.
    ///   - committed: the offset that the text stands beside: the position, or where a plain commit begins again.
    public func text(group: String, committed: Int64) -> String {
        var flags: Flags = []
        if position != committed { flags.insert(.ahead) }
        if streamTime != nil { flags.insert(.streamTime) }
        if memoryLow != nil { flags.insert(.memoryLow) }
        if !extra.isEmpty { flags.insert(.extra) }
        if anchor.lowKey != nil { flags.insert(.lowKey) }
        if anchor.lastOffset != nil { flags.insert(.lastRecord) }
        if base != nil { flags.insert(.base) }
        var writer = CheckpointWriter()
        for byte in Self.magic { writer.byte(byte) }
        writer.byte(UInt8(base == nil ? Self.wholeFormat : Self.format))
        writer.byte(flags.rawValue)
        writer.fixed(crc32(group.utf8))
        writer.fixed(code)
        writer.fixed(token.writer)
        writer.varint(token.sequence)
        if flags.contains(.ahead) { writer.varint(position - committed) }
        if let streamTime { writer.zigzag(streamTime) }
        writer.varint(partitions)
        base?.write(to: &writer, beside: self, committed)
        write(entries, to: &writer)
        if let memoryLow { writer.varint(position - memoryLow) }
        if flags.contains(.extra) { writer.counted(extra) }
        if let key = anchor.lowKey { writer.fixed(key) }
        if let last = anchor.lastOffset {
            writer.varint(position - last)
            writer.fixed(anchor.lastSum)
        }
        writer.fixed(crc32(writer.bytes))
        return Data(writer.bytes).base64EncodedString()
    }

    /// Reads what ``text(group:committed:)`` has written.
    ///
    /// - Parameters:
    ///   - group: the consumer group.
    ///   - committed: the offset that the text stands beside.
    /// - Throws: why it cannot be gone on from; never a checkpoint that was not written so.
    public init(_ text: String, group: String, committed: Int64) throws(CheckpointError) {
        guard !text.isEmpty else { throw .empty }
        guard let data = Data(base64Encoded: text) else { throw text.hasPrefix("RFI") ? .damaged : .foreign }
        let bytes = [UInt8](data)
        guard bytes.starts(with: Self.magic) else { throw .foreign }
        // base64 has bits to spare at its end: only one text is right
        guard bytes.count >= 18, data.base64EncodedString() == text else { throw .damaged }
        let body = bytes.dropLast(4)
        guard bytes.suffix(4).reversed().reduce(UInt32(0), { $0 << 8 | UInt32($1) }) == crc32(body) else {
            throw .damaged
        }
        let format = Int(bytes[2])
        guard format == Self.wholeFormat || format == Self.format else { throw .unsupportedFormat(format) }
        var reader = CheckpointReader(body.dropFirst(3))
        guard let read = reader.byte(), let hash = reader.fixed(UInt32.self) else { throw .damaged }
        guard hash == crc32(group.utf8) else { throw .otherGroup }
        let flags = Flags(rawValue: read)
        guard flags.contains(.base) == (format == Self.format), let found = Self.read(&reader, flags, committed),
            reader.isAtEnd
        else { throw .damaged }
        self = found
    }

    private static func read(_ reader: inout CheckpointReader, _ flags: Flags, _ committed: Int64) -> Checkpoint? {
        guard flags.isSubset(of: .all), committed >= 0, let code = reader.fixed(UInt16.self),
            let writer = reader.fixed(UInt32.self), let sequence = reader.varint()
        else { return nil }
        var position = committed
        if flags.contains(.ahead) {
            guard let ahead = reader.offset(above: committed), ahead > committed else { return nil }
            position = ahead
        }
        var found = Checkpoint(position: position, streamTime: nil, entries: [])
        found.code = code
        found.token = CommitToken(writer: writer, sequence: sequence)
        if flags.contains(.streamTime) {
            guard let time = reader.zigzag() else { return nil }
            found.streamTime = time
        }
        guard let partitions = reader.number(Int32.self) else { return nil }
        if flags.contains(.base) {
            guard let base = CheckpointBase(&reader, position: position, committed) else { return nil }
            found.base = base
        }
        guard let entries = readEntries(&reader, position) else { return nil }
        found.partitions = partitions
        found.entries = entries
        if flags.contains(.memoryLow) {
            guard let low = reader.offset(below: position) else { return nil }
            found.memoryLow = low
        }
        if flags.contains(.extra) {
            guard let extra = reader.counted(), !extra.isEmpty else { return nil }
            found.extra = extra
        }
        if flags.contains(.lowKey) {
            guard let key = reader.fixed(UInt32.self) else { return nil }
            found.anchor.lowKey = key
        }
        if flags.contains(.lastRecord) {
            guard let last = reader.offset(below: position), let sum = reader.fixed(UInt32.self) else { return nil }
            found.anchor.lastOffset = last
            found.anchor.lastSum = sum
        }
        return found
    }
}
