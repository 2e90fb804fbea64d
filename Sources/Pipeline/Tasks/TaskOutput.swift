internal import Kafka
internal import Telemetry
internal import Watch

/// What a task has ready for the next transaction.
struct TaskOutput {
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

    /// Nothing is to be written.
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
    mutating func restore(_ earlier: TaskOutput) {
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

    /// Hands it over; nothing is left.
    mutating func take() -> TaskOutput {
        defer { self = TaskOutput() }
        return self
    }
}
