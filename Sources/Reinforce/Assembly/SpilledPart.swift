/// A part of a thread that is open for so long that a restart should not read all of it again: one record on the
/// checkpoints topic.
public struct SpilledPart: Hashable, Sendable {
    /// Bytes of a part at most, so that it fits a record of the broker's default size with room to spare.
    public static let maxBytes = 900_000

    /// The message that opened the thread.
    public let first: RestorePlan.First
    /// From 0, without gaps; all parts of a thread together are the thread.
    public let number: Int
    /// The record's value.
    public let bytes: [UInt8]
    /// Where the thread lies while nothing else was received.
    let slot: Int

    /// Check sum of the value.
    public var sum: UInt32 { Self.sum(of: bytes) }

    /// The rest of the record's key, behind whatever names group, topic and partition: `offset.index.number`.
    public var key: [UInt8] { Self.key(first, number) }

    /// The keys of the first `count` parts of a thread: those to be written as tombstones once its output is committed.
    public static func keys(of first: RestorePlan.First, _ count: Int) -> [[UInt8]] {
        (0..<count).map { key(first, $0) }
    }

    /// Check sum of a part's value.
    public static func sum(of bytes: [UInt8]) -> UInt32 {
        var hash = ByteHash(seed: 0)
        unsafe hash.combine(bytes.span.bytes)
        return UInt32(truncatingIfNeeded: hash.value)
    }

    private static func key(_ first: RestorePlan.First, _ number: Int) -> [UInt8] {
        Array("\(first.offset).\(first.index).\(number)".utf8)
    }
}

/// Why the parts of a spilled thread cannot be put together.
public enum SpillProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The plan holds no spilled thread that opened so.
    case unexpected(RestorePlan.First)
    /// There are not as many parts as the checkpoint names.
    case missing(RestorePlan.First, expected: Int, found: Int)
    /// A part is not what was written.
    case damaged(RestorePlan.First, part: Int)

    /// What is wrong and what to do.
    public var description: String {
        let advice = "; restore the checkpoints topic, or set the group's offset to where the thread began"
        return switch self {
        case .unexpected(let first): "no spilled thread opened at offset \(first.offset)"
        case .missing(let first, let expected, let found):
            "of the thread that opened at offset \(first.offset) \(found) of \(expected) parts are there" + advice
        case .damaged(let first, let part):
            "part \(part) of the thread that opened at offset \(first.offset) is damaged" + advice
        }
    }
}
