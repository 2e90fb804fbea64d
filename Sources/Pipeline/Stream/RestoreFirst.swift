internal import Kafka

/// Partitions that are being taken up again go first. Hardly a group is whole before all partitions are read, so that what
/// the others add meanwhile piles up in memory and takes the time that these need. Pure: who owns the consumer pauses.
struct RestoreFirst {
    /// How a task stands.
    struct Standing {
        let place: TopicPartition
        let isRestoring: Bool
        let position: Int64
        /// Nothing is left to read.
        let isAtEnd: Bool
    }

    /// Whoever gets nowhere for so long holds nobody up, milliseconds.
    static let patience: Int64 = 2000

    /// Where those that are being taken up stood, together, and since when.
    private var reached: Int64?
    private var since: Int64 = 0
    private var isGivenUp = false
    /// Partitions that keep up: they take little time, and are not held up.
    private var keepsUp: Set<TopicPartition> = []

    /// The partitions that wait.
    ///
    /// - Parameters:
    ///   - tasks: all that are worked on.
    ///   - now: milliseconds of a clock that never stands still.
    mutating func waiting(among tasks: [Standing], now: Int64) -> Set<TopicPartition> {
        let restoring = tasks.filter(\.isRestoring)
        guard !restoring.isEmpty else {
            self = RestoreFirst()
            return []
        }
        let sum = restoring.reduce(0) { $0 &+ $1.position }
        if reached != sum { (reached, since) = (sum, now) }
        isGivenUp = isGivenUp || now - since > Self.patience
        for task in tasks where !task.isRestoring && task.isAtEnd { keepsUp.insert(task.place) }
        guard !isGivenUp else { return [] }
        return Set(tasks.lazy.filter { !$0.isRestoring }.map(\.place)).subtracting(keepsUp)
    }
}

extension RestoreFirst.Standing {
    init(_ task: any StreamTask) {
        self.init(
            place: task.place,
            isRestoring: task.isRestoring,
            position: task.flow.position,
            isAtEnd: task.flow.endSince != nil
        )
    }
}
