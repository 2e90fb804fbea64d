public import DashStream

/// What a stage has counted; sums of several are taken field by field.
public struct StageCounters: Sendable, Hashable {
    /// Records taken, those a restart reads again aside.
    public var records = 0
    /// Records that a restart has read again; nothing else counts them a second time.
    public var replayed = 0
    /// Pairing records that came after their thread had claimed its slot, and say something else.
    public var pairingsIgnored = 0
    /// Rewards from outside the trace that came after their rollout was scored, and say something else.
    public var lateRewards = 0
    /// Bytes of the values of all of them.
    public var bytes = 0
    /// Frames by the way they were packed.
    public var framings: [Framing: Int] { frames.counts }
    var frames = Tally<Framing>()
    /// Records that could not be read, by reason.
    public var poison: [PoisonReason: Int] = [:]
    /// Messages by kind, a batch as one.
    public var messages: [MessageKind: Int] { kinds.counts }
    var kinds = Tally<MessageKind>()
    /// Events that came in batches.
    public var batchedEvents = 0
    /// Threads that are over, by how they ended.
    public var outcomes: [Outcome: Int] = [:]
    /// Threads with missing sequence numbers.
    public var threadsWithGaps = 0
    /// Threads whose messages came out of order.
    public var threadsReordered = 0
    /// Main-lane messages above their thread's terminator.
    public var lateInThread = 0

    /// Model calls, of every thread that is over.
    public var calls = CallCounts()

    /// Pieces of threads whose other part stood on another partition.
    public var threadsInPieces = 0

    /// All zero.
    public init() {}

    /// Adds another stage's counts.
    public mutating func add(_ other: StageCounters) {
        records += other.records
        replayed += other.replayed
        pairingsIgnored += other.pairingsIgnored
        lateRewards += other.lateRewards
        bytes += other.bytes
        frames.add(other.frames)
        poison.merge(other.poison, uniquingKeysWith: +)
        kinds.add(other.kinds)
        batchedEvents += other.batchedEvents
        outcomes.merge(other.outcomes, uniquingKeysWith: +)
        threadsWithGaps += other.threadsWithGaps
        threadsReordered += other.threadsReordered
        lateInThread += other.lateInThread
        threadsInPieces += other.threadsInPieces
        calls.add(other.calls)
    }

    mutating func count(_ trajectory: Trajectory) {
        outcomes[trajectory.outcome, default: 0] += 1
        if trajectory.missing > 0 { threadsWithGaps += 1 }
        if trajectory.reordered { threadsReordered += 1 }
        lateInThread += trajectory.late
        calls.add(trajectory.callCounts)
    }
}
