internal import Kafka
internal import Reinforce

/// What a partition has ready for the next transaction.
struct PendingOutput {
    /// What is written.
    var records: [OutgoingRecord] = []
    /// What is counted once it is.
    var counts = StreamCounts()
    /// What is worth a notice once it is.
    var notices = NoticeTally()
    /// Up to where broken examples are among the records: committed with them, so that each becomes a dead letter once.
    var exampleOffsets: [TopicPartition: Int64] = [:]

    /// Nothing.
    var isEmpty: Bool { records.isEmpty }

    /// Puts what could not be committed before what has come since.
    mutating func restore(_ earlier: PendingOutput) {
        records = earlier.records + records
        var sum = earlier.counts
        sum.add(counts)
        counts = sum
        exampleOffsets.merge(earlier.exampleOffsets) { max($0, $1) }
        var before = earlier.notices
        before.add(notices)
        notices = before
    }
}

/// A partition of an input topic while it is ours: a deterministic fold over its records, with what it has ready to be
/// written. One thread works on it at a time.
protocol StreamPartition: AnyObject {
    /// Which partition.
    var place: TopicPartition { get }
    /// Where it stands.
    var flow: PartitionFlow { get set }
    /// What leaves with the next commit.
    var pending: PendingOutput { get set }
    /// What was committed last; nil: nothing yet.
    var committed: Checkpoint? { get set }
    /// Records below the position it was resumed at are still read again.
    var isRestoring: Bool { get }
    /// Nothing is open in it.
    var isQuiet: Bool { get }
    /// What went wrong while records were taken; ends the process.
    var failure: (any Error)? { get }
    /// Bytes that its open threads or groups hold, roughly.
    var heldBytes: Int { get }

    /// Takes records; `wall`: milliseconds since 1970, above which timestamps are not believed.
    func take(_ records: borrowing PartitionRecords, wall: Int64)
    /// The partition was read to its end at `now` (monotonic, milliseconds).
    func reachEnd(at offset: Int64, now: Int64)
    /// Lets time pass; ``checkpoint()`` holds it.
    func pass(now: Int64)
    /// Ends what is over by now, and its output becomes pending.
    func settle(now: Int64)
    /// A table has learnt something.
    func apply(_ change: ReferenceChange)
    /// Records that were read again to take up what was open.
    var replayed: Int { get }
    /// The partition is about to go: what is kept for later becomes pending too.
    func leave(now: Int64)
    /// Adds what is open in it.
    func tell(_ gauge: inout StreamGauge)
    /// What to commit for the state as it is, all pending output included.
    func checkpoint() -> Checkpoint
}
