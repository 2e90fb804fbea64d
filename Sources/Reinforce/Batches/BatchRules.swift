public import JSON

/// By which rules decided groups become batches.
public struct BatchRules: Sendable {
    /// Makes advantages of rewards.
    public var estimator: Estimator
    /// Voters below which a group has no signal.
    public var minUsable: Int
    /// How groups are put together and written.
    public var batches: BatchConfiguration
    /// The topics that sources name, by their numbers.
    public var topics: [Text]
    /// Where batches go a record has a limit: groups beyond it cannot be written.
    public var isBounded: Bool

    /// Rules for batches that go where records have a limit, or (a file) have none.
    public init(
        _ estimator: Estimator,
        minUsable: Int,
        _ batches: BatchConfiguration,
        topics: [Text],
        isBounded: Bool
    ) {
        self.estimator = estimator
        self.minUsable = minUsable
        self.batches = batches
        self.topics = topics
        self.isBounded = isBounded
    }

    /// What writes groups by these rules. One renderer serves one thread.
    public var renderer: GroupRenderer { GroupRenderer(estimator, batches, topics: topics) }

    func finished(_ batch: Batch) -> Batch {
        batch.finished(estimator, minUsable: minUsable, batches, topics: topics)
    }
}
