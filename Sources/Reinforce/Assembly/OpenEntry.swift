/// What a checkpoint says of one thread that is not finished business: open, or over without committed output.
public struct OpenEntry: Hashable, Comparable, Sendable {
    /// The message that opened it: with its partition, the name of this thread and of no other.
    public var first: RestorePlan.First
    /// It is over: the first message that is not its own any more, whatever key that message has.
    public var end: RestorePlan.First?
    /// Milliseconds that stand for its first record's timestamp, which could not be believed.
    public var standIn: Int64?
    /// It was spilled: everything below this offset is in ``parts``.
    public var cut: Int64?
    /// Where its parts stand, by number from 0.
    public var parts: [PartReference]
    /// Check sum of its thread's key, for the anchor; no part of what an entry says.
    var keySum: UInt32?

    /// An entry.
    public init(
        first: RestorePlan.First,
        end: RestorePlan.First? = nil,
        standIn: Int64? = nil,
        cut: Int64? = nil,
        parts: [PartReference] = []
    ) {
        self.first = first
        self.end = end
        self.standIn = standIn
        self.cut = cut
        self.parts = parts
    }

    /// Whether both say the same.
    public static func == (a: OpenEntry, b: OpenEntry) -> Bool {
        a.first == b.first && a.end == b.end && a.standIn == b.standIn && a.cut == b.cut && a.parts == b.parts
    }

    /// Hashes what names it.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(first)
        hasher.combine(cut)
    }

    /// The least offset that a restart reads for it.
    public var low: Int64 { cut ?? first.offset }

    /// By the least offset a restart reads, then by the first message.
    public static func < (a: OpenEntry, b: OpenEntry) -> Bool { (a.low, a.first) < (b.low, b.first) }
}

/// Where one part of a spilled thread stands.
public struct PartReference: Hashable, Sendable {
    /// Partition of the checkpoints topic.
    public var partition: Int32
    /// Offset of the record there; −1: not told, it is found by its key.
    public var offset: Int64
    /// The part's check sum, as ``SpilledPart/sum`` gives it.
    public var sum: UInt32

    /// A reference.
    public init(partition: Int32, offset: Int64, sum: UInt32) {
        self.partition = partition
        self.offset = offset
        self.sum = sum
    }
}

/// What tells a log from another one that took its name: two of its records by check sum.
public struct LogAnchor: Hashable, Sendable {
    /// Check sum of the key of the thread that opened at the least offset still needed; nil: none was open.
    public var lowKey: UInt32?
    /// Offset of the last record read; nil: none.
    public var lastOffset: Int64?
    /// Check sum of that record.
    public var lastSum: UInt32

    /// An anchor; empty by default, which every log satisfies.
    public init(lowKey: UInt32? = nil, lastOffset: Int64? = nil, lastSum: UInt32 = 0) {
        self.lowKey = lowKey
        self.lastOffset = lastOffset
        self.lastSum = lastSum
    }
}
