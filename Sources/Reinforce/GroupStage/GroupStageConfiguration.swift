import DashStream

/// What the stage that decides groups is told.
public struct GroupStageConfiguration: Hashable, Sendable {
    /// When groups close.
    public var groups: GroupConfiguration
    /// Records for which closed groups are remembered, or for deadline and settle of stream time: whichever reaches
    /// further back.
    public var closedMemoryRecords: Int64 = 200_000
    /// Milliseconds that a closed group waits for its example to come back to the table before its members are excluded.
    public var exampleGrace: Int64 = 30_000
    /// Partitions whose time must be known before any time counts; empty: whoever has spoken.
    public var sources: Set<TimeSource> = []

    /// The same rollout may come more than once: the first stands, and the others are passed over.
    public var mayRepeat = false

    /// The defaults beside the rules of groups.
    public init(_ groups: GroupConfiguration) { self.groups = groups }

    /// Milliseconds of stream time for which closed groups are remembered at least.
    var memory: Int64 { groups.deadline.saturatingPlus(groups.settle) }
}

/// What a stage that decides groups has counted.
public struct GroupCounters: Hashable, Sendable {
    /// Records taken, malformed ones too.
    public var records = 0
    /// Rollouts that came.
    public var rollouts = 0
    /// Rollouts that came twice to an open group.
    public var duplicates = 0
    /// Rollouts that came again, and were passed over.
    public internal(set) var repeated = 0
    /// Rollouts that came when their group was closed, or too late by themselves.
    public var late = 0
    /// Claims on groups that were closed.
    public var lateClaims = 0
    /// Groups whose time was up before anyone was done.
    public var lapsed = 0
    /// Groups that a restart should have found in the log and did not.
    public var lost = 0

    /// All zero.
    public init() {}
}
