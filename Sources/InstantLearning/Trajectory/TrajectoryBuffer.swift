/// What goes when a trajectory comes and the buffer is full.
public enum Overflow: String, Sendable, Hashable, CaseIterable {
    /// The one that comes.
    case dropNewest = "drop_newest"
    /// The one that has waited longest.
    case dropOldest = "drop_oldest"
}

/// What became of a trajectory that was offered to a buffer.
public enum Keeping: Sendable, Hashable {
    /// It is there.
    case kept
    /// The buffer was full: it is not there.
    case dropped
    /// The buffer was full: it is there, and the oldest one, of this id, is gone.
    case replaced(UInt64)
    /// It was not offered: it was rejected, or trajectories are not kept.
    case notOffered
}

/// A bounded queue of trajectories. Every one that is offered is there, was taken, or is counted as dropped.
public struct TrajectoryBuffer: Sendable, Hashable {
    /// How many it holds at most.
    public let capacity: Int
    /// What goes when it is full.
    public let overflow: Overflow
    private var ring: [QueryTrajectory?] = []
    private var start = 0
    /// How many it holds.
    public private(set) var count = 0
    /// How many were offered.
    public internal(set) var offered = 0
    /// How many of those are gone because it was full.
    public internal(set) var dropped = 0

    /// An empty buffer.
    ///
    /// - Parameters:
    ///   - capacity: trajectories; at least 1.
    ///   - overflow: what goes when it is full.
    /// - Throws: ``InstantLoopError`` where the capacity is below 1.
    public init(capacity: Int, overflow: Overflow = .dropNewest) throws(InstantLoopError) {
        guard capacity >= 1 else {
            throw InstantLoopError("the buffer's capacity is \(capacity): it must be at least 1")
        }
        self.capacity = capacity
        self.overflow = overflow
    }

    /// Offers a trajectory.
    public mutating func offer(_ trajectory: QueryTrajectory) -> Keeping {
        offered += 1
        if count < capacity {
            append(trajectory)
            return .kept
        }
        dropped += 1
        guard overflow == .dropOldest else { return .dropped }
        let oldest = ring[start]?.id ?? 0
        ring[start] = trajectory
        start = start + 1 == ring.count ? 0 : start + 1
        return .replaced(oldest)
    }

    /// Takes out the oldest one.
    public mutating func next() -> QueryTrajectory? {
        guard count > 0 else { return nil }
        let oldest = ring[start].take()
        start = start + 1 == ring.count ? 0 : start + 1
        count -= 1
        return oldest
    }

    /// Takes out as many as there are, but no more than `limit`, the oldest first.
    public mutating func drain(upTo limit: Int = .max) -> [QueryTrajectory] {
        let taken = min(max(0, limit), count)
        return (0..<taken).compactMap { _ in next() }
    }

    /// The trajectories it holds, the oldest first.
    public var contents: [QueryTrajectory] { (0..<count).compactMap { ring[(start + $0) % ring.count] } }

    /// The share of those offered that were not dropped; 1 where none were offered.
    public var successRate: Double { offered == 0 ? 1 : Double(offered - dropped) / Double(offered) }

    /// Two buffers are the same where they hold the same and have counted the same.
    public static func == (a: Self, b: Self) -> Bool {
        a.capacity == b.capacity && a.overflow == b.overflow && a.offered == b.offered && a.dropped == b.dropped
            && a.contents == b.contents
    }

    /// Hashes what ``==(_:_:)`` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(capacity)
        hasher.combine(offered)
        hasher.combine(contents)
    }

    /// Memory grows as it is needed: a large capacity costs nothing until it is used.
    private mutating func append(_ trajectory: QueryTrajectory) {
        if count == ring.count {
            if start > 0 {
                ring = Array(ring[start...] + ring[..<start])
                start = 0
            }
            let size = min(capacity, max(64, ring.count * 2))
            ring.append(contentsOf: repeatElement(nil, count: size - ring.count))
        }
        let end = start + count
        ring[end < ring.count ? end : end - ring.count] = trajectory
        count += 1
    }
}
