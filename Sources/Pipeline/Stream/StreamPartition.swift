internal import Kafka
internal import Reinforce
internal import Telemetry
internal import Watch

/// What a partition has ready for the next transaction.
struct PendingOutput {
    /// What is written.
    private(set) var records: [OutgoingRecord] = []
    /// Bytes of its values.
    private(set) var bytes = 0
    /// What is counted once it is.
    var counts = StreamCounts()
    /// What is worth a notice once it is.
    var notices = NoticeTally()
    /// Up to where broken examples are among the records: committed with them, so that each becomes a dead letter once.
    var exampleOffsets: [TopicPartition: Int64] = [:]
    /// Groups whose fate is written with it, for people who watch.
    var groups: [WatchedGroup] = []
    /// Seconds that reading and scoring took, thread by thread; counted where somebody watches.
    var scoring = StreamMeasures.scoringTimes

    /// Nothing.
    var isEmpty: Bool { records.isEmpty }

    /// Adds a record.
    mutating func append(_ record: OutgoingRecord) {
        bytes += record.value?.count ?? 0
        records.append(record)
    }

    /// Puts another record in the place of one.
    mutating func replace(_ index: Int, by record: OutgoingRecord) {
        bytes += (record.value?.count ?? 0) - (records[index].value?.count ?? 0)
        records[index] = record
    }

    /// Puts what could not be committed before what has come since.
    mutating func restore(_ earlier: PendingOutput) {
        records = earlier.records + records
        bytes += earlier.bytes
        var sum = earlier.counts
        sum.add(counts)
        counts = sum
        groups = earlier.groups + groups
        scoring.add(earlier.scoring)
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
    var committed: Checkpoint? { get }
    /// Records below the position it was resumed at are still read again.
    var isRestoring: Bool { get }
    /// Nothing is open in it.
    var isQuiet: Bool { get }
    /// What went wrong while records were taken; ends the process.
    var failure: (any Error)? { get }
    /// Bytes that its open threads or groups hold, roughly.
    var heldBytes: Int { get }

    /// It takes nothing more before what it has is committed, its checkpoint included.
    var needsCommit: Bool { get set }

    /// Takes records until the turn is over, at least one of them unless a commit must come first; `wall`: milliseconds
    /// since 1970, above which timestamps are not believed.
    ///
    /// - Returns: how many it has taken; the others come again in the next turn.
    func take(_ records: borrowing PartitionRecords, wall: Int64, in turn: Turn) -> Int
    /// The partition was read to its end at `now` (monotonic, milliseconds).
    func reachEnd(at offset: Int64, now: Int64)
    /// Lets time pass; ``checkpoint()`` holds it.
    func pass(now: Int64)
    /// Ends what is over by now, and its output becomes pending; what the turn has no time for is ended in the next one.
    func settle(now: Int64, in turn: Turn)
    /// Time has passed in which nothing was read since memory is full: milliseconds.
    func passPaused(_ milliseconds: Int64)
    /// Its next records may be committed one by one.
    var needsFew: Bool { get }
    /// What stands beside its committed offset is out of date, and is to be taken back soon.
    var isNoteOutdated: Bool { get }
    /// The next rollout that somebody outside is to be asked about: a question for each component; empty: there is none.
    func nextQuestions() -> [RewardQuestion]
    /// There may be such rollouts.
    var hasQuestions: Bool { get }
    /// Threads of it wait for what others say: put aside it would miss that.
    var isAsking: Bool { get }
    /// A table has learnt something.
    func apply(_ change: ReferenceChange)
    /// Records that were read again to take up what was open.
    var replayed: Int { get }
    /// The first offset that a restart would read, once the state as it is is committed.
    var readsFrom: Int64 { get }
    /// Its time, milliseconds since 1970; nil: none yet.
    var time: Int64? { get }
    /// Bytes of the values of records that it has taken since this was last asked, those read again included.
    func takeBytesRead() -> Int
    /// The partition is about to go: what is kept for later becomes pending too.
    func leave(now: Int64)
    /// Adds what is open in it.
    func tell(_ gauge: inout StreamGauge)
    /// Something is to be committed beside what is pending: it has read on, or what is open has changed. That time has
    /// passed is not worth a commit before something comes of it.
    var hasChanged: Bool { get }
    /// Something may end by the time that it is.
    var isDue: Bool { get }
    /// Once the state as it is is committed, records of its topic below this offset are needed no more; nil: they stay.
    var purgesBelow: Int64? { get }
    /// Parts of what is open that must be written before its next checkpoint, which says where they stand; empty: none.
    func spill() -> [OutgoingRecord]
    /// The first of them that was not placed yet stands there.
    func placed(_ delivery: Delivery)
    /// What to commit for the state as it is, all pending output included; no other one is under way.
    func checkpoint() -> Checkpoint
    /// The last checkpoint that was made is committed; `metadata` stands beside its offset.
    func confirm(_ checkpoint: Checkpoint, metadata: String)
}

/// Most partitions ask nobody, and have nothing that is too far back.
extension StreamPartition {
    func spill() -> [OutgoingRecord] { [] }
    func placed(_ delivery: Delivery) {}
    func nextQuestions() -> [RewardQuestion] { [] }
    var hasQuestions: Bool { false }
    var isAsking: Bool { false }
}
