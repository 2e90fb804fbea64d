internal import Failpoints
internal import Kafka

/// Where a partition stands, and what its time does while nothing comes.
struct PartitionFlow {
    /// The next offset to be read.
    private(set) var position: Int64
    /// Read to its end, since that instant of the monotonic clock (milliseconds); nil: there is more.
    private(set) var endSince: Int64?
    private var lastTick: Int64?
    /// Time that has passed while nothing was left to read, milliseconds.
    private(set) var waited: Int64 = 0

    init(position: Int64) { self.position = position }

    /// Whether a record is new.
    func follows(_ offset: Int64) -> Bool { offset >= position }

    /// Notes that a record was taken; false for one that came already: the library may rewind behind our back.
    mutating func advance(to offset: Int64) -> Bool {
        guard offset >= position || Faults.isOff("monotone") else { return false }
        position = offset + 1
        endSince = nil
        waited = 0
        return true
    }

    /// Nothing stands below `offset` that is not read.
    mutating func skip(to offset: Int64) { position = max(position, offset) }

    /// Notes that nothing more is there at `now`; behind transactions the end lies above the last record.
    mutating func reachEnd(at offset: Int64, now: Int64) {
        position = max(position, offset)
        endSince = endSince ?? now
    }

    /// The partition was away and is back as it was: what passed meanwhile was not spent waiting at its end.
    mutating func returned() {
        lastTick = nil
        endSince = nil
    }

    /// Lets time pass while the partition is at its end; a jump of the clock is a pause of the process, not of the world.
    mutating func tick(now: Int64, longest: Int64) {
        defer { lastTick = now }
        guard endSince != nil, let lastTick, now > lastTick, now - lastTick <= longest else { return }
        waited += now - lastTick
    }

    /// Read to its end for ten seconds.
    func isIdle(now: Int64) -> Bool { endSince.map { now - $0 >= 10_000 } ?? false }
}
