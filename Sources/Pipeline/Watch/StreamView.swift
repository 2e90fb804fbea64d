internal import Kafka

/// How a processor stands at one moment, for those who watch from other threads.
struct StreamView: Sendable {
    /// What it is doing.
    enum Phase: Sendable, Hashable {
        case starting
        case working
        /// Its life as a member of the group ended; it goes on when it can.
        case waiting(SessionEnd)
        case stopping
    }

    /// One of its partitions.
    struct Place: Sendable {
        var place: TopicPartition
        /// It is of an events topic, else of the topic between the stages.
        var isEvents: Bool
        var position: Int64
        /// Behind its last record; nil: not known.
        var end: Int64?
        /// What is committed; nil: nothing yet.
        var committed: Int64?
        var isRestoring: Bool
        var heldBytes: Int
        /// Records, bytes and time that a restart would read again; nil: not known.
        var replay: (records: Int64, distance: LogMarks.Distance)?

        var lag: Int64? { end.map { max(0, $0 - position) } }
    }

    /// What it is doing.
    var phase = Phase.starting
    /// Milliseconds since 1970.
    var at: Int64 = 0
    /// Milliseconds of the monotonic clock.
    var uptime: Int64 = 0
    var report = StreamReport()
    /// Records a second, over the last seconds.
    var rate = 0.0
    var status = StreamStatus()
    var transactions = TransactionCounts()
    var places: [Place] = []
    /// librdkafka's own statistics.
    var statistics = KafkaStatistics()
    /// Sizes and times.
    var measures = StreamMeasures()
    /// What has become of spans for a collector; nil: there is none.
    var spans: SpanExporter.Counts?
    /// How those fare who are asked what rollouts are worth, by component.
    var judges: [JudgeStanding] = []
    /// Brokers that are well say something at least so often, milliseconds.
    var quiet: Int64 = 2500
    /// How long the transaction under way has taken, milliseconds; nil: there is none.
    var commitAge: Int64?
    /// Commits in a row that had read records and made no batch.
    var emptyCommits = 0
}
