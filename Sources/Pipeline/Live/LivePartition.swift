internal import Reinforce

/// One partition while it is read: its stage, its place and its time.
final class LivePartition {
    let number: Int32
    var stage: ThreadStage
    private var flow: PartitionFlow
    /// What was last committed.
    var committed: Checkpoint?

    init(_ number: Int32, _ stage: consuming ThreadStage, position: Int64) {
        self.number = number
        self.stage = stage
        flow = PartitionFlow(position: position)
    }

    /// The next offset to be read.
    var position: Int64 { flow.position }
    /// Read to its end, since that instant of the monotonic clock (milliseconds); nil: there is more.
    var endSince: Int64? { flow.endSince }

    /// Notes that a record was taken; false for one that came already.
    func advance(to offset: Int64) -> Bool { flow.advance(to: offset) }

    /// Notes that nothing more is there at `now`.
    func reachEnd(at offset: Int64, now: Int64) {
        flow.reachEnd(at: offset, now: now)
        // a restart whose position is the end of the log sees no further record
        stage.endRestoreIfReached(position)
    }

    /// Lets time pass while the partition is at its end.
    func tick(now: Int64, longest: Int64) { flow.tick(now: now, longest: longest) }

    /// The partition's time: its records', and what has passed since the last one while there was none.
    var time: Int64? { stage.streamTime.map { $0 + flow.waited } }

    /// Whether it does not hold the others up: at its end for ten seconds, or empty. One that has not been read yet is not.
    func isIdle(now: Int64) -> Bool { flow.isIdle(now: now) || (time == nil && endSince != nil) }

    /// What to commit, given the messages that unwritten groups still need.
    func checkpoint(_ waiting: [OpenEntry]) -> Checkpoint {
        Checkpoint(position: position, streamTime: time, entries: Array(Set(stage.openEntries + waiting)))
    }
}
