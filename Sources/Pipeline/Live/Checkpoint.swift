internal import Foundation
internal import Reinforce

/// What is committed beside an offset: how far a partition was read, and what was open there.
struct Checkpoint: Hashable {
    /// The next offset to be read.
    var position: Int64
    /// The partition's time; nil: none yet.
    var streamTime: Int64?
    /// The messages that opened what is not finished business yet.
    var firsts: [RestorePlan.First]

    /// The first offset that is still needed.
    var low: Int64 { firsts.map(\.offset).min() ?? position }

    private static let magic: [UInt8] = [0x44, 0x52, 1]

    /// Base64 of: magic and format, position, stream time + 1 (0: none), how many firsts, each as a distance below the
    /// position (offset) and an index, CRC-32.
    var text: String {
        var bytes = Self.magic
        Self.append(UInt64(bitPattern: position), &bytes)
        Self.append(streamTime.map { UInt64(bitPattern: $0) &+ 1 } ?? 0, &bytes)
        Self.append(UInt64(firsts.count), &bytes)
        var last = position
        for first in firsts.sorted().reversed() {
            Self.append(UInt64(bitPattern: last - first.offset), &bytes)
            Self.append(UInt64(first.index), &bytes)
            last = first.offset
        }
        let sum = crc32(bytes)
        for index in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: sum >> UInt32(8 * index))) }
        return Data(bytes).base64EncodedString()
    }

    /// Reads what ``text`` has written; nil where it is anything else.
    init?(_ text: String) {
        guard let data = Data(base64Encoded: text), data.count > 7 else { return nil }
        let bytes = [UInt8](data)
        guard bytes.starts(with: Self.magic) else { return nil }
        let body = bytes.dropLast(4)
        let sum = bytes.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard crc32(Array(body)) == sum else { return nil }
        var rest = body.dropFirst(3)
        guard let position = Self.take(&rest), let time = Self.take(&rest), let count = Self.take(&rest),
            count <= UInt64(rest.count)
        else { return nil }
        self.position = Int64(bitPattern: position)
        streamTime = time == 0 ? nil : Int64(bitPattern: time &- 1)
        firsts = []
        var last = self.position
        for _ in 0..<count {
            guard let distance = Self.take(&rest), let index = Self.take(&rest), index <= UInt64(Int32.max) else {
                return nil
            }
            last = last &- Int64(bitPattern: distance)
            firsts.append(RestorePlan.First(offset: last, index: Int(index)))
        }
        guard rest.isEmpty else { return nil }
    }

    /// A checkpoint.
    init(position: Int64, streamTime: Int64?, firsts: [RestorePlan.First]) {
        self.position = position
        self.streamTime = streamTime
        self.firsts = firsts
    }

    private static func append(_ value: UInt64, _ bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private static func take(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = bytes.popFirst(), shift < 63 || byte <= 1 else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }
}

/// CRC-32 (ISO 3309), bit by bit: checkpoints are short.
public func crc32(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return ~crc
}
