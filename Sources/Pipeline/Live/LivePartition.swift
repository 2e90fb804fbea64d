internal import Reinforce

/// One partition while it is read: its stage, its place and its time.
final class LivePartition {
    let number: Int32
    var stage: ThreadStage
    /// The next offset to be read; nil before it is known.
    private(set) var position: Int64
    /// Read to its end, since that instant of the monotonic clock (milliseconds); nil: there is more.
    private(set) var endSince: Int64?
    private var lastTick: Int64?
    /// Time that has passed while nothing was left to read.
    private var waited: Int64 = 0
    /// What was last committed.
    var committed: Checkpoint?

    init(_ number: Int32, _ stage: consuming ThreadStage, position: Int64) {
        self.number = number
        self.stage = stage
        self.position = position
    }

    /// Notes that a record was taken; false for one that came already.
    func advance(to offset: Int64) -> Bool {
        guard offset >= position else { return false }
        position = offset + 1
        endSince = nil
        waited = 0
        return true
    }

    /// Notes that nothing more is there at `now`.
    func reachEnd(at offset: Int64, now: Int64) {
        position = max(position, offset)
        endSince = endSince ?? now
        // a restart whose position is the end of the log sees no further record
        stage.endRestoreIfReached(position)
    }

    /// Lets time pass while the partition is at its end; a jump of the clock is a pause of the process, not of the world.
    func tick(now: Int64, longest: Int64) {
        defer { lastTick = now }
        guard endSince != nil, let lastTick, now > lastTick, now - lastTick <= longest else { return }
        waited += now - lastTick
    }

    /// The partition's time: its records', and what has passed since the last one while there was none.
    var time: Int64? { stage.streamTime.map { $0 + waited } }

    /// Whether it does not hold the others up: at its end for ten seconds, or empty. One that has not been read yet is not.
    func isIdle(now: Int64) -> Bool { endSince.map { time == nil || now - $0 >= 10_000 } ?? false }

    /// What to commit, given the messages that unwritten groups still need.
    func checkpoint(_ waiting: [OpenEntry]) -> Checkpoint {
        Checkpoint(position: position, streamTime: time, entries: Array(Set(stage.openEntries + waiting)))
    }
}
