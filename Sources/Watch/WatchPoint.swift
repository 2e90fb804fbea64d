/// What has been counted since a processor began, and how it stands: what a curve is drawn from.
public struct WatchTotals: Sendable, Hashable {
    /// Records taken.
    public var records = 0
    /// Batches written.
    public var batches = 0
    /// Threads by fate.
    public var trained = 0, voted = 0, excluded = 0, superseded = 0
    /// Records that went to the dead letters.
    public var deadLetters = 0
    /// Records that are not read yet; nil: not known.
    public var lag: Int?
    /// Threads that are open.
    public var openThreads = 0
    /// Groups that are open.
    public var openGroups = 0

    /// All zero.
    public init() {}
}

/// A stretch of time on a curve.
public struct WatchPoint: Sendable, Hashable {
    /// Its begin, milliseconds since 1970.
    public var time: Int64
    /// Its length, milliseconds; the newest one is shorter.
    public var length: Int64
    /// What was counted in it; lag and what is open as they stood at its end.
    public var counted: WatchTotals
    /// Groups by what can be learnt from them, in the order of `GroupFacts.Kind.allCases`.
    public var kinds: [Int]
    /// Rewards that count: their mean, and what a tenth of them lies below and above; nil: there were none.
    public var rewardMean: Double?, rewardLow: Double?, rewardHigh: Double?
    /// Milliseconds of the longest commit.
    public var commit: Int64
    /// Milliseconds from the last event of a group to its committed batch, the longest.
    public var latency: Int64
}
