internal import Kafka
internal import Telemetry

/// Sizes and times of the work, beside what is counted of it: for metrics only. The loop owns it; who watches gets a copy.
struct StreamMeasures: Sendable {
    /// Records and the bytes of their values.
    struct Amount: Sendable, Hashable {
        var records = 0
        var bytes = 0
    }

    /// Why a record of a topic went to the dead letters.
    struct Letter: Sendable, Hashable {
        let topic: String
        let reason: String
    }

    /// How partitions come and go.
    enum Rebalance: String, Sendable, CaseIterable {
        case assigned, revoked, lost
    }

    /// What was read of each partition: new records as far as they are committed, and the bytes of all that were read.
    private(set) var consumed: [TopicPartition: Amount] = [:]
    /// What was written to each topic and committed.
    private(set) var produced: [String: Amount] = [:]
    /// Dead letters by the topic that they are about.
    private(set) var letters: [Letter: Int] = [:]
    /// Bytes of a partition's checkpoint.
    private(set) var checkpointBytes = Histogram(Histogram.growing(from: 64, by: 4, count: 10))
    /// Seconds from taking a partition up to the end of reading again.
    private(set) var restores = Histogram([0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300])
    /// How often partitions came and went.
    private(set) var rebalances: [Rebalance: Int] = [:]
    /// Seconds until partitions that came are read, or those that go are handed over.
    private(set) var rebalanceTimes: [Rebalance: Histogram] = [:]
    /// Seconds that reading and scoring a thread took.
    private(set) var scoring = Self.scoringTimes
    /// Lives as a member that ended since another one had our name.
    private(set) var fenced = 0
    private var turns = LongestTurn()
    /// How far it is from place to place in the partitions that are ours.
    private var marks: [TopicPartition: LogMarks] = [:]

    /// An empty histogram of the times that ``scoring`` counts.
    static let scoringTimes = Histogram([1e-5, 1e-4, 5e-4, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5])

    /// The longest time between two polls of the last minute or two, seconds.
    var longestTurn: Double { Double(turns.longest) / 1000 }

    /// The loop has turned at `now`, milliseconds of the monotonic clock.
    mutating func turned(at now: Int64) { turns.note(now) }

    /// Bytes were read of a partition.
    mutating func read(bytes: Int, of place: TopicPartition) {
        guard bytes > 0 else { return }
        consumed[place, default: Amount()].bytes &+= bytes
    }

    /// A task begins to read there.
    mutating func began(_ place: TopicPartition, at offset: Int64) {
        var first = LogMarks()
        first.set(at: offset, bytes: consumed[place]?.bytes ?? 0, time: nil)
        marks[place] = first
    }

    /// Notes how far the partitions that are ours were read by now.
    mutating func mark(_ tasks: [TopicPartition: any StreamTask]) {
        marks = marks.filter { tasks[$0.key] != nil }
        for (place, task) in tasks {
            read(bytes: task.takeBytesRead(), of: place)
            marks[place, default: LogMarks()].set(
                at: task.flow.position,
                bytes: consumed[place]?.bytes ?? 0,
                time: task.time
            )
        }
    }

    /// What a restart would read again of a partition; nil: not known.
    func replay(of task: any StreamTask) -> LogMarks.Distance? {
        task.isRestoring ? nil : marks[task.place]?.distance(from: task.readsFrom)
    }

    /// A partition is through with what it had to read again.
    mutating func restored(milliseconds: Int64) { restores.observe(Double(milliseconds) / 1000) }

    mutating func wasFenced() { fenced &+= 1 }

    mutating func rebalanceBegan(_ kind: Rebalance) { rebalances[kind, default: 0] &+= 1 }

    /// A rebalance is through.
    mutating func rebalanced(_ kind: Rebalance, took milliseconds: Int64) {
        rebalanceTimes[kind, default: Histogram([0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60])]
            .observe(Double(milliseconds) / 1000)
    }

    /// A commit went through.
    ///
    /// - Parameter examplesTopic: its dead letters leave with a partition of another topic.
    mutating func committed(_ bundle: CommitBundle, examplesTopic: String) {
        for bytes in bundle.checkpoints.bytes { checkpointBytes.observe(Double(bytes)) }
        for part in bundle.parts {
            let place = part.task.place
            if part.output.counts.records > 0 {
                consumed[place, default: Amount()].records &+= part.output.counts.records
            }
            for (reason, count) in part.output.counts.deadLetterReasons {
                let topic = reason == NoticeReason.brokenExample.name ? examplesTopic : place.topic
                letters[Letter(topic: topic, reason: reason), default: 0] &+= count
            }
            for (topic, amount) in part.output.amounts {
                produced[topic, default: Amount()].records &+= amount.records
                produced[topic, default: Amount()].bytes &+= amount.bytes
            }
            scoring.add(part.output.scoring)
        }
    }
}

/// The longest turn of the present minute and of the one before, so that no scrape misses one.
private struct LongestTurn {
    private var last: Int64?
    private var minute: Int64 = 0
    private var present: Int64 = 0
    private var before: Int64 = 0

    /// Milliseconds.
    var longest: Int64 { max(present, before) }

    mutating func note(_ now: Int64) {
        defer { last = now }
        if now / 60_000 != minute {
            before = now / 60_000 == minute &+ 1 ? present : 0
            present = 0
            minute = now / 60_000
        }
        if let last, now > last { present = max(present, now - last) }
    }
}

extension TaskOutput {
    /// How much of it goes to each topic. Records of one topic mostly stand together.
    fileprivate var amounts: [String: StreamMeasures.Amount] {
        var found: [String: StreamMeasures.Amount] = [:]
        var run = (topic: "", amount: StreamMeasures.Amount())
        func end() {
            guard run.amount.records > 0 else { return }
            found[run.topic, default: StreamMeasures.Amount()].records &+= run.amount.records
            found[run.topic, default: StreamMeasures.Amount()].bytes &+= run.amount.bytes
        }
        for record in records {
            if record.topic != run.topic {
                end()
                run = (record.topic, StreamMeasures.Amount())
            }
            run.amount.records &+= 1
            run.amount.bytes &+= record.value?.count ?? 0
        }
        end()
        return found
    }
}
