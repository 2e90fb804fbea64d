import Synchronization

/// Learns from every trajectory at once: its signal goes into a micro-LoRA adapter, which moves outputs the right way.
///
/// Any number of threads may record and read. Writers take turns, for about a microsecond each; readers (``forward(_:)``,
/// ``adapter``) never keep a writer waiting, nor a writer them.
///
/// ```swift
/// let loop = try InstantLoop()
/// let step = TrajectoryStep(activations: documentEmbedding, reward: 1)
/// loop.record(QueryTrajectory(id: loop.nextID(), queryEmbedding: query, steps: [step], finalQuality: 0.9))
/// let moved = try loop.forward(query)
/// ```
public final class InstantLoop: Sendable {
    /// What it was told.
    public let configuration: Configuration
    /// What the adapter's output is multiplied with: 1/√rank.
    public let scale: Float
    let published: Published
    let writers: Writers

    /// A loop that has learnt nothing, or goes on from an adapter.
    ///
    /// - Parameters:
    ///   - configuration: how it learns.
    ///   - adapter: what it knows already; nil: nothing.
    /// - Throws: ``InstantLoopError`` that names every setting that is out of range, or how the adapter does not fit.
    public init(_ configuration: Configuration = Configuration(), from adapter: Adapter? = nil)
        throws(InstantLoopError)
    {
        let problems = configuration.problems
        guard problems.isEmpty else { throw InstantLoopError(problems.joined(separator: "; ")) }
        let start = adapter ?? Adapter(initialOfDimension: configuration.dimension, rank: configuration.rank)
        if start.dimension != configuration.dimension || start.rank != configuration.rank {
            throw InstantLoopError(
                "the adapter has dimension \(start.dimension) and rank \(start.rank), the loop "
                    + "\(configuration.dimension) and \(configuration.rank): they must be the same"
            )
        }
        self.configuration = configuration
        scale = start.scale
        published = Published(
            count: 2 * configuration.rank * configuration.dimension,
            readers: configuration.readers,
            Stamp(updates: start.updates, signals: start.signals, baseline: start.baseline)
        )
        unsafe start.write(to: published.weights)
        writers = Writers(try Learner(configuration, published, start))
    }

    /// A number that this loop has not handed out before, from 1 on.
    public func nextID() -> UInt64 { writers.ids.wrappingAdd(1, ordering: .relaxed).newValue }

    /// Learns from a trajectory, and keeps it. Allocates nothing once the buffer has grown.
    ///
    /// - Parameters:
    ///   - trajectory: what was done.
    ///   - baseline: what the steps' rewards are compared with, where the caller knows better than the running mean: the mean
    ///     of the trajectory's group. Unused in the reference mode.
    ///   - gradient: the direction itself, in place of one computed from the steps; it is divided by its length.
    /// - Returns: what became of it.
    @discardableResult
    public func record(_ trajectory: QueryTrajectory, baseline: Float? = nil, gradient: [Float]? = nil) -> Recorded {
        writers.learner.withLock { $0.record(trajectory, baseline: baseline, gradient: gradient) }
    }

    /// What a trajectory would teach now, without learning it.
    ///
    /// - Throws: ``Rejection`` where it would teach nothing.
    public func signal(of trajectory: QueryTrajectory, baseline: Float? = nil) throws(Rejection) -> LearningSignal {
        try writers.learner.withLock { learner throws(Rejection) in
            try learner.signal(of: trajectory, baseline: baseline)
        }
    }

    /// Applies what waits now.
    ///
    /// - Returns: whether the weights have changed: not where nothing waited, nor where ``LoopMetrics/deferred`` or
    ///   ``LoopMetrics/discarded`` says why.
    @discardableResult
    public func flush() -> Bool { writers.learner.withLock { $0.flush() } }

    /// Takes out every trajectory that was kept, the oldest first.
    public func drain() -> [QueryTrajectory] { writers.learner.withLock { $0.buffer.drain() } }

    /// Takes out trajectories that were kept, the oldest first, no more than `limit`.
    public func drain(upTo limit: Int) -> [QueryTrajectory] {
        writers.learner.withLock { $0.buffer.drain(upTo: limit) }
    }

    /// A copy of what is kept.
    public var buffer: TrajectoryBuffer { writers.learner.withLock { $0.buffer } }

    /// Signals that wait for the next update.
    public var pendingCount: Int { writers.learner.withLock { $0.metrics.pending } }

    /// What has been counted.
    public var metrics: LoopMetrics { writers.learner.withLock { $0.metrics } }

    /// What the buffer has counted.
    public var bufferStatistics: BufferStatistics { writers.learner.withLock { BufferStatistics($0.buffer) } }

    /// What waits for the next update.
    public var gradients: PendingGradients { writers.learner.withLock { $0.gradients } }

    /// The running mean of rewards; nil before the first trajectory.
    public var baseline: Float? { writers.learner.withLock { $0.baseline } }

    /// Forgets everything: weights, gradients, baseline, trajectories, counts.
    ///
    /// - Throws: ``InstantLoopError`` where a reader is in every other set of weights; nothing has changed then.
    public func reset() throws(InstantLoopError) {
        try writers.learner.withLock { learner throws(InstantLoopError) in try learner.reset() }
    }
}

extension BufferStatistics {
    init(_ buffer: borrowing TrajectoryBuffer) {
        self.init(
            count: buffer.count,
            offered: buffer.offered,
            dropped: buffer.dropped,
            successRate: buffer.successRate
        )
    }
}

/// What writers change lies apart from what readers read: a cache line that both touch would slow both.
final class Writers: Sendable {
    let learner: Guarded<Learner>
    let ids = Atomic<UInt64>(0)

    init(_ learner: consuming sending Learner) { self.learner = Guarded(learner) }
}
