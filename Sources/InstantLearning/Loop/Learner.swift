/// What only one writer at a time may touch: gradients, baseline, buffer, counts.
@safe
struct Learner: ~Copyable {
    let configuration: InstantLoop.Configuration
    let published: Published
    let scale: Float
    let size: Int
    /// The weights that are current now; changed by updates alone.
    var weights: UnsafeMutablePointer<Float>
    let gradDown: FloatStorage
    let gradUp: FloatStorage
    /// The gradient of the trajectory at hand.
    let scratch: FloatStorage
    /// x·down_r for every r, then g·up_r.
    let products: FloatStorage
    /// Where down began, if it is to be drawn back to there.
    let initial: FloatStorage
    var baseline: Float?
    /// Updates that are in the weights, those before a restart included.
    var updates: Int
    /// Signals that are in the weights, those before a restart included.
    var signals: Int
    var buffer: TrajectoryBuffer
    var metrics = LoopMetrics()

    init(_ configuration: InstantLoop.Configuration, _ published: Published, _ start: Adapter) throws(InstantLoopError)
    {
        self.configuration = configuration
        self.published = published
        scale = start.scale
        unsafe weights = published.weights
        size = configuration.rank * configuration.dimension
        gradDown = FloatStorage(zeros: size)
        gradUp = FloatStorage(zeros: size)
        scratch = FloatStorage(zeros: configuration.dimension)
        products = FloatStorage(zeros: 2 * configuration.rank)
        initial = FloatStorage(zeros: configuration.decay > 0 ? size : 0)
        initial.copy(start.initialDown)
        baseline = start.baseline
        updates = start.updates
        signals = start.signals
        buffer = try TrajectoryBuffer(capacity: configuration.bufferCapacity, overflow: configuration.overflow)
    }

    mutating func record(_ trajectory: QueryTrajectory, baseline: Float?, gradient: [Float]?) -> Recorded {
        metrics.recorded += 1
        let rejection =
            configuration.mode == .corrected
            ? learn(trajectory, baseline, gradient) : learnAsReference(trajectory, gradient)
        if let rejection {
            metrics.rejected[rejection] += 1
            return Recorded(learning: .rejected(rejection), keeping: .notOffered, updated: false)
        }
        metrics.accumulated += 1
        metrics.pending += 1
        let keeping = configuration.keepsTrajectories ? buffer.offer(trajectory) : .notOffered
        let updated = metrics.pending >= configuration.flushThreshold && flush()
        return Recorded(learning: .accumulated, keeping: keeping, updated: updated)
    }

    var gradients: PendingGradients {
        PendingGradients(down: gradDown.array, up: gradUp.array, count: metrics.pending)
    }

    mutating func reset() throws(InstantLoopError) {
        let start = Adapter(initialOfDimension: configuration.dimension, rank: configuration.rank)
        let publication = unsafe published.publish(Stamp()) { weights in
            unsafe start.write(to: weights)
            return true
        }
        guard publication == .published else {
            throw InstantLoopError("readers are in every set of weights: try again, or raise `readers`")
        }
        unsafe weights = published.weights
        gradDown.clear()
        gradUp.clear()
        baseline = nil
        updates = 0
        signals = 0
        buffer = try TrajectoryBuffer(capacity: configuration.bufferCapacity, overflow: configuration.overflow)
        metrics = LoopMetrics()
    }
}
