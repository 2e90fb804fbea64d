internal import Kafka
internal import Reinforce
internal import Telemetry

/// A partition of an input topic while it is ours: a deterministic fold over its records, whose output leaves with the
/// offsets that it was derived from. One thread works on a task at a time.
///
///     assigned ──▶ restoring ──▶ running ◀──────▶ needs a commit (takes no record before it)
///         ▲        (reads again     │  ▲
///         │         what was open)  │  └── the commit went through, or its output was given back
///         │                         ▼
///         └── closed ◀── suspended (kept while the same state may come back; ``SuspendedTask``)
///
/// In one turn of the loop a task may ``process(_:wall:in:)`` records. Before a commit time passes in it
/// (``advance(to:)``), what is over by then ends (``punctuate(now:in:)``), and its output is taken together with a
/// ``checkpoint()``. What is not committed is given back (``restore(_:)``) and leaves with the next commit.
protocol StreamTask: AnyObject {
    /// Which partition.
    var place: TopicPartition { get }
    /// Where it stands.
    var flow: PartitionFlow { get set }
    /// What leaves with the next commit.
    var pending: TaskOutput { get }
    /// What was committed last; nil: nothing yet.
    var committed: Checkpoint? { get }
    /// Records below the position it was resumed at are still read again.
    var isRestoring: Bool { get }
    /// Nothing is open in it.
    var isQuiet: Bool { get }
    /// What went wrong while records were processed; ends the process.
    var failure: (any Error)? { get }
    /// Bytes that its open threads or groups hold, roughly.
    var heldBytes: Int { get }

    /// It processes nothing more before what it has is committed, its checkpoint included.
    var needsCommit: Bool { get set }
    /// Its next records may be committed one by one.
    var needsFew: Bool { get }
    /// What stands beside its committed offset is out of date, and is to be taken back soon.
    var isNoteOutdated: Bool { get }
    /// Something is to be committed beside what is pending: it has read on, or what is open has changed. That time has
    /// passed is not worth a commit before something comes of it.
    var hasChanged: Bool { get }
    /// Something may end by the time that it is.
    var isDue: Bool { get }

    /// Processes records until the turn is over, at least one of them unless a commit must come first.
    ///
    /// - Parameter wall: milliseconds since 1970, above which timestamps are not believed.
    /// - Returns: how many it has processed; the others come again in the next turn.
    func process(_ records: borrowing PartitionRecords, wall: Int64, in turn: Turn) -> Int
    /// The partition was read to its end at `now` (monotonic, milliseconds).
    func reachEnd(at offset: Int64, now: Int64)
    /// A table has learnt something, or somebody has said what a rollout or a group is worth.
    func apply(_ change: ReferenceChange)
    /// Time has passed in which nothing was read since memory is full: milliseconds.
    func passPaused(_ milliseconds: Int64)

    /// Lets time pass; ``checkpoint()`` holds it.
    func advance(to now: Int64)
    /// Ends what is over by now, and its output becomes pending; what the turn has no time for is ended in the next one.
    func punctuate(now: Int64, in turn: Turn)
    /// The task is about to be suspended: what is kept for later becomes pending too.
    func prepareToSuspend(now: Int64)
    /// Parts of what is open that must be written before its next checkpoint, which says where they stand; empty: none.
    func spill() -> [OutgoingRecord]
    /// The first of them that was not placed yet stands there.
    func placed(_ delivery: Delivery)
    /// Hands over what is pending.
    func takeOutput() -> TaskOutput
    /// Takes back what could not be committed: it leaves before what has come since.
    func restore(_ output: TaskOutput)
    /// What to commit for the state as it is, all output included; no other one is under way.
    func checkpoint() -> Checkpoint
    /// The last checkpoint that was made is committed; `metadata` stands beside its offset.
    func confirm(_ checkpoint: Checkpoint, metadata: String)

    /// There may be rollouts, or groups, that somebody outside is to be asked about.
    var hasQuestions: Bool { get }
    /// The next of them: a question for each component; empty: there is none.
    func nextQuestions() -> [RewardQuestion]
    /// Something of it waits for what others say: suspended it would miss that.
    var isAsking: Bool { get }

    /// Records that were read again to take up what was open.
    var replayed: Int { get }
    /// The first offset that a restart would read, once the state as it is is committed.
    var readsFrom: Int64 { get }
    /// Once the state as it is is committed, records of its topic below this offset are needed no more; nil: they stay.
    var purgesBelow: Int64? { get }
    /// Its time, milliseconds since 1970; nil: none yet.
    var time: Int64? { get }
    /// Bytes of the values of records that it has processed since this was last asked, those read again included.
    func takeBytesRead() -> Int
    /// Adds what is open in it.
    func describe(in gauge: inout StreamGauge)
}

/// What only one of the two stages has something to do for.
extension StreamTask {
    var needsFew: Bool { false }
    var isNoteOutdated: Bool { false }
    var purgesBelow: Int64? { nil }
    func passPaused(_ milliseconds: Int64) {}
    func advance(to now: Int64) {}
    func prepareToSuspend(now: Int64) {}
    func spill() -> [OutgoingRecord] { [] }
    func placed(_ delivery: Delivery) {}
}
