/// A thread that is over: a rollout on its way to its group, or a fate of its own.
public enum FinishedThread: Sendable {
    /// Paired with its example.
    case rollout(Rollout)
    /// Excluded before it came to a group.
    case excluded(ExcludedThread)

    /// The thread.
    public var key: ThreadKey {
        switch self {
        case .rollout(let rollout): rollout.key
        case .excluded(let thread): thread.trajectory.key
        }
    }

    /// The rollout, where it is one.
    public var rollout: Rollout? { if case .rollout(let rollout) = self { rollout } else { nil } }

    /// What a checkpoint says of it until its output is committed.
    public var entry: OpenEntry { trajectory.entry }

    /// Keys of its parts on the checkpoints topic, to be written as tombstones when its output is committed.
    public var spentParts: [[UInt8]] { SpilledPart.keys(of: entry.first, entry.parts.count) }

    /// What is known of it: lent, since a copy counts dozens of references.
    var trajectory: Trajectory {
        _read {
            switch self {
            case .rollout(let rollout): yield rollout.trajectory
            case .excluded(let thread): yield thread.trajectory
            }
        }
    }

    /// Calls `body` with what is known of it, where it lies: a copy counts dozens of references.
    func withTrajectory<R>(_ body: (Trajectory) -> R) -> R {
        switch self {
        case .rollout(let rollout): body(rollout.trajectory)
        case .excluded(let thread): body(thread.trajectory)
        }
    }

    /// Sorts by key and leaves one of each. Pieces of a thread on several partitions (a batch record travels under one of
    /// its threads' keys) cannot be put together: the piece with the start stays, the others are counted.
    public static func oncePerKey(_ threads: [FinishedThread], _ counters: inout StageCounters) -> [FinishedThread] {
        let order = KeyOrder(threads.count) { threads[$0].key }
        var unique: [FinishedThread] = []
        unique.reserveCapacity(threads.count)
        for pieces in order.groups {
            let first = pieces.min { threads[$0].comesBefore(threads[$1]) }
            for piece in pieces where piece != first {
                counters.outcomes[threads[piece].trajectory.outcome, default: 0] -= 1
                counters.threadsInPieces += 1
            }
            if let first { unique.append(threads[first]) }
        }
        return unique
    }

    /// Whether this piece of a thread stays rather than another one of it.
    private func comesBefore(_ other: FinishedThread) -> Bool {
        let (x, y) = (trajectory, other.trajectory)
        if x.hasStart != y.hasStart { return x.hasStart }
        return (x.source.topic, x.source.partition, x.source.firstOffset)
            < (y.source.topic, y.source.partition, y.source.firstOffset)
    }
}

/// A thread that was excluded before it came to a group.
public final class ExcludedThread: Sendable {
    let trajectory: Trajectory
    let pairing: Pairing?
    let reason: ExclusionReason
    /// What the reason alone does not tell.
    let detail: ExclusionDetail?

    init(_ trajectory: Trajectory, pairing: Pairing?, reason: ExclusionReason, detail: ExclusionDetail? = nil) {
        var facts = trajectory
        // its text is of no use any more
        facts.arena = []
        facts.fields = []
        facts.calls = []
        facts.learning = nil
        self.trajectory = facts
        self.pairing = pairing
        self.reason = reason
        self.detail = detail
    }
}
