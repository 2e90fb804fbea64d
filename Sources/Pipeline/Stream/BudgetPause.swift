internal import Kafka

/// Reading stops at the memory budget and goes on once a fifth of it is free, whatever partitions come and go meanwhile.
/// Pure: who owns the consumer does what it says.
struct BudgetPause {
    /// What is to be done.
    struct Change: Hashable {
        var pause: [TopicPartition] = []
        var resume: [TopicPartition] = []
    }

    /// Nothing is read.
    private(set) var isPaused = false
    /// Partitions of ours that were told to pause.
    private var paused: Set<TopicPartition> = []
    /// Partitions that went away while they paused, and may come back so.
    private var gone: Set<TopicPartition> = []

    /// Looks at what is held.
    ///
    /// - Parameters:
    ///   - held: bytes.
    ///   - budget: bytes that may be held.
    ///   - ours: partitions that can be paused.
    ///   - waiting: those of them that are to pause though memory is free.
    mutating func update(held: Int, budget: Int, ours: Set<TopicPartition>, waiting: Set<TopicPartition> = [])
        -> Change
    {
        if !isPaused, held > budget {
            isPaused = true
        } else if isPaused, held < budget - budget / 5 {
            isPaused = false
        }
        var change = Change()
        let still = isPaused ? ours : waiting.intersection(ours)
        change.pause = still.subtracting(paused).sorted()
        // never one that was not told to pause: older libraries may rewind it
        change.resume = paused.union(gone).intersection(ours).subtracting(still).sorted()
        paused.formUnion(change.pause)
        paused.subtract(change.resume)
        gone.subtract(change.pause)
        gone.subtract(change.resume)
        return change
    }

    /// Something pauses.
    var isHolding: Bool { isPaused || !paused.isEmpty }

    /// Whether a partition is told to pause.
    func isPaused(_ place: TopicPartition) -> Bool { isPaused || paused.contains(place) }

    /// A partition is ours no longer.
    mutating func leave(_ place: TopicPartition) { if paused.remove(place) != nil { gone.insert(place) } }
}
