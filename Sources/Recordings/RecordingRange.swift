internal import Files
public import Problems

/// The part of a recording that is read: the bounds of a topic's range, partition by partition.
public struct RecordingRange: Sendable, Hashable {
    /// Where it begins.
    public var from: RangeBound
    /// Where it ends, exclusive.
    public var to: RangeBound

    /// A part of a recording.
    public init(from: RangeBound = .earliest, to: RangeBound = .latest) {
        self.from = from
        self.to = to
    }

    /// - Throws: ``PipelineProblem`` where it ends before it begins.
    public func check() throws(PipelineProblem) {
        let isBackwards =
            switch (from, to) {
            case (.time(let first), .time(let last)): first > last
            case (.offsets(let first), .offsets(let last)): first.contains { $0.value > last[$0.key] ?? .max }
            case (.latest, .earliest): true
            default: false
            }
        if isBackwards { throw PipelineProblem(.usage, "--from is after --to") }
    }
}

/// Tells of each record, in order, whether it lies in a range.
struct RecordingFilter {
    private let range: RecordingRange
    private let topics: [String]
    private var started: Set<Int64> = []
    private var ended: Set<Int64> = []

    init(_ range: RecordingRange, topics: [String]) {
        self.range = range
        self.topics = topics
    }

    /// Whether the partition's next record is in the range.
    mutating func admits(_ key: Int64, offset: Int64, timestamp: Int64) -> Bool {
        if ended.contains(key) { return false }
        switch range.to {
        case .latest: break
        case .earliest: ended.insert(key)
        case .time(let time): if timestamp >= time { ended.insert(key) }
        case .offsets(let named): if let end = bound(named, key), offset >= end { ended.insert(key) }
        }
        if ended.contains(key) { return false }
        switch range.from {
        case .earliest: return true
        case .latest: return false
        case .time(let time):
            // all behind the first one at that time, as with a topic
            if timestamp >= time { started.insert(key) }
            return started.contains(key)
        case .offsets(let named): return bound(named, key).map { offset >= $0 } ?? true
        }
    }

    /// Nothing of these partitions is in the range any more.
    func isPast(_ partitions: Set<Int64>) -> Bool { partitions.isSubset(of: ended) }

    /// Nothing of the block can be in the range, nor does anything before it matter.
    func comesAfter(_ block: RecordingIndex.Block) -> Bool {
        switch range.from {
        case .earliest, .latest: return false
        case .time(let time): return block.lastTime < time
        case .offsets(let named):
            return block.parts.allSatisfy { part in
                bound(named, part.key).map { part.last < $0 } ?? false
            }
        }
    }

    private func bound(_ named: [RangeBound.Partition: Int64], _ key: Int64) -> Int64? {
        let number = Int32(truncatingIfNeeded: key & 0xFFFF)
        return named[RangeBound.Partition(number)]
            ?? topics[safe: Int(key >> 32)].flatMap { named[RangeBound.Partition(number, of: $0)] }
    }
}

extension RecordingIndex.Part {
    /// Topic and partition as one number.
    package var key: Int64 { Int64(topic) << 32 | Int64(partition) }
}
