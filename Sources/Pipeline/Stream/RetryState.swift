internal import Kafka

/// What to do about transactions that are not committed: the same again, then each partition alone, then without the
/// culprit. Pure.
struct RetryState {
    /// Aborts since the last commit, those of a rebalance and of brokers that do not answer aside.
    private(set) var inARow = 0
    private var quarantined: Set<TopicPartition> = []
    /// Aborts in a row after which partitions go one by one.
    static let patience = 3

    /// Partitions are to be committed one by one.
    var mustGoSingly: Bool { inARow >= Self.patience }

    /// A partition stands aside until the process starts again.
    func isQuarantined(_ place: TopicPartition) -> Bool { quarantined.contains(place) }

    /// Whether any partition stands aside.
    var hasQuarantine: Bool { !quarantined.isEmpty }

    mutating func succeed() { inARow = 0 }

    mutating func fail(_ error: KafkaError) { if !error.isOfGroup, !error.isPassing { inARow += 1 } }

    mutating func quarantine(_ place: TopicPartition) { quarantined.insert(place) }

    /// All of them had their turn alone.
    mutating func haveGoneSingly() { inARow = 0 }

    /// A partition is not ours any more: its next owner tries for itself.
    mutating func forget(_ place: TopicPartition) { quarantined.remove(place) }
}
