/// What became of a trajectory that was recorded.
public struct Recorded: Sendable, Hashable {
    /// Whether it was learnt from.
    public enum Learning: Sendable, Hashable {
        /// Its signal is in the gradients.
        case accumulated
        /// Nothing was learnt, and why.
        case rejected(Rejection)
    }

    /// Whether it was learnt from.
    public var learning: Learning
    /// Whether the buffer has it.
    public var keeping: Keeping
    /// Whether it made an update due that has been applied.
    public var updated: Bool
}

/// What a loop has done so far; all of one moment. `recorded == accumulated + rejected.total`, always.
public struct LoopMetrics: Sendable, Hashable {
    /// Trajectories that were recorded.
    public var recorded = 0
    /// Those whose signal was accumulated.
    public var accumulated = 0
    /// The others, by reason.
    public var rejected = RejectionCounts()
    /// Signals that wait for the next update.
    public var pending = 0
    /// Times that waiting signals were to be applied.
    public var flushes = 0
    /// Updates of the weights.
    public var updates = 0
    /// Updates that were not finite and therefore not applied; their signals are gone.
    public var discarded = 0
    /// Flushes that a later one made up for, because readers were in every set of weights.
    public var deferred = 0
}

/// What a loop's buffer has done so far; all of one moment. `offered == count + dropped + taken`, always.
public struct BufferStatistics: Sendable, Hashable {
    /// Trajectories it holds.
    public var count: Int
    /// Trajectories it was offered.
    public var offered: Int
    /// Those that are gone because it was full.
    public var dropped: Int
    /// Those that were drained.
    public var taken: Int { offered - dropped - count }
    /// The share of those offered that were not dropped, from 0 to 1; 1 where none were offered.
    public var successRate: Double
}

/// Gradients that wait for the next update.
public struct PendingGradients: Sendable, Hashable {
    /// Of down, [rank][dimension]; zeros in the reference mode, which does not train it.
    public var down: [Float]
    /// Of up, [rank][dimension].
    public var up: [Float]
    /// Signals they are the sum of.
    public var count: Int
}
