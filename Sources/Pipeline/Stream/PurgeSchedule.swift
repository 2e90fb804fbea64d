internal import Kafka

/// Which records of the scored topic no restart will ever read again. Asked once a minute, after a commit.
struct PurgeSchedule {
    private var reached: [TopicPartition: Int64] = [:]
    private var last: Int64?
    private static let interval: Int64 = 60_000

    /// Notes what a commit has made needless.
    mutating func note(_ place: TopicPartition, below offset: Int64) { reached[place] = offset }

    /// What to delete now, if it is time.
    mutating func due(_ now: Int64) -> [PartitionOffset] {
        guard !reached.isEmpty, last.map({ now - $0 >= Self.interval }) ?? true else { return [] }
        last = now
        defer { reached = [:] }
        return reached.filter { $0.value > 0 }.map { PartitionOffset($0.key, .at($0.value)) }
            .sorted { $0.partition < $1.partition }
    }
}
