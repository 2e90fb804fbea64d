internal import DashStream

/// Records that nobody can read, one of each kind that there is.
enum PoisonRecord {
    /// A value that is refused for one reason after the other: malformed protobuf, damaged zstd, a schema version of the
    /// future, a frame byte that means nothing, an empty value.
    static func value(_ number: Int, _ random: inout SeededRandom) -> [UInt8] {
        let noise = (0..<12).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        switch number % 5 {
        case 0: return [0, 0x0A, 0x7F] + noise
        case 1: return [1, 0x28, 0xB5, 0x2F, 0xFD] + noise
        case 2: return [0] + unknownSchema
        case 3: return [0x7B] + noise
        default: return []
        }
    }

    /// An event whose header says version 9.
    private static let unknownSchema: [UInt8] = {
        // header (field 1 of an event, itself field 1 of the message): thread_id "t", sequence 1, kind 1, schema_version 9
        let header: [UInt8] = [0x22, 0x01, 0x74, 0x28, 0x01, 0x30, 0x01, 0x48, 0x09]
        let event: [UInt8] = [0x0A, UInt8(header.count)] + header
        return [0x0A, UInt8(event.count)] + event
    }()
}
