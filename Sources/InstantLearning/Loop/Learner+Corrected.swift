extension Learner {
    /// What is known of a trajectory before it is learnt.
    private struct Reading {
        /// What rewards were compared with; nil where the gradient was given.
        var baseline: Float?
        /// What the gradient is multiplied with to have length 1.
        var inverse: Float
        /// Clamped.
        var quality: Float
    }

    mutating func learn(_ trajectory: QueryTrajectory, _ given: Float?, _ gradient: [Float]?) -> Rejection? {
        let reading: Reading
        do throws(Rejection) {
            reading = try read(trajectory, given, gradient, moves: true)
        } catch {
            return error
        }
        let (dimension, rank) = (configuration.dimension, configuration.rank)
        let factor = reading.quality * reading.inverse
        for index in 0..<2 * rank {
            let coefficient = unsafe products.base[index] * factor
            guard coefficient.isFinite else { return .notFinite }
            unsafe products.base[index] = coefficient
        }
        unsafe trajectory.queryEmbedding.withUnsafeBufferPointer { query in
            guard let query = query.baseAddress else { return }
            for r in 0..<rank {
                unsafe Kernel.addScaled(
                    gradUp.base + r * dimension,
                    products.base[r],
                    scratch.base,
                    gradDown.base + r * dimension,
                    products.base[rank + r],
                    query,
                    dimension
                )
            }
        }
        return nil
    }

    /// Computes the gradient into `scratch` and its products with the weights; with `moves`, the running mean follows.
    private mutating func read(_ trajectory: QueryTrajectory, _ given: Float?, _ gradient: [Float]?, moves: Bool)
        throws(Rejection) -> Reading
    {
        let dimension = configuration.dimension
        guard trajectory.queryEmbedding.count == dimension else { throw .dimension }
        var comparedWith: Float?
        var mean: Float = 0
        var isZero = false
        if let gradient {
            guard gradient.count == dimension else { throw .dimension }
            scratch.copy(gradient)
        } else {
            guard !trajectory.steps.isEmpty else { throw .noSteps }
            let rewards = try summary(of: trajectory.steps)
            mean = rewards.mean
            let against = given ?? baseline ?? mean
            guard mean.isFinite, against.isFinite else { throw .notFinite }
            comparedWith = against
            isZero = rewards.lowest == against && rewards.highest == against
            combine(trajectory.steps, against)
        }
        let squares = multiply(trajectory.queryEmbedding)
        guard squares.gradient.isFinite, squares.query.isFinite, trajectory.finalQuality.isFinite else {
            throw .notFinite
        }
        if moves, comparedWith != nil {
            move(to: mean)
        }
        let quality = min(1, max(0, trajectory.finalQuality))
        guard quality >= configuration.qualityThreshold else { throw .quality }
        guard !isZero, squares.gradient > 0 else { throw .noSignal }
        let norm = squares.gradient.squareRoot()
        return Reading(baseline: comparedWith, inverse: norm > 1e-8 ? 1 / norm : 1, quality: quality)
    }

    /// b ← d·b + (1 − d)·mean. Where rounding would keep it from ever getting there it is there: else the last bit of equal
    /// rewards would be a signal.
    private mutating func move(to mean: Float) {
        guard let old = baseline, configuration.baselineDecay > 0 else { return baseline = mean }
        guard configuration.baselineDecay < 1 else { return }
        let new = old + (1 - configuration.baselineDecay) * (mean - old)
        baseline = new == old ? mean : new
    }

    /// Mean, lowest and highest reward; the mean of equal rewards is that reward, to the last bit.
    private func summary(of steps: [TrajectoryStep]) throws(Rejection) -> (mean: Float, lowest: Float, highest: Float) {
        var sum = 0.0
        var lowest = Float.infinity
        var highest = -Float.infinity
        for index in steps.indices {
            guard steps[index].activations.count == configuration.dimension else { throw .dimension }
            let reward = steps[index].reward
            sum += Double(reward)
            lowest = min(lowest, reward)
            highest = max(highest, reward)
        }
        return (lowest == highest ? lowest : Float(sum / Double(steps.count)), lowest, highest)
    }

    /// scratch = Σ (rᵢ − b)·aᵢ, four steps at a time.
    private func combine(_ steps: [TrajectoryStep], _ baseline: Float) {
        let dimension = configuration.dimension
        var index = 0
        while index + 4 <= steps.count {
            let weights = SIMD4(
                steps[index].reward - baseline,
                steps[index + 1].reward - baseline,
                steps[index + 2].reward - baseline,
                steps[index + 3].reward - baseline
            )
            unsafe withFour(steps, index) { a0, a1, a2, a3 in
                unsafe Kernel.combine(scratch.base, a0, a1, a2, a3, weights, dimension, adds: index > 0)
            }
            index += 4
        }
        while index < steps.count {
            unsafe steps[index].activations.withUnsafeBufferPointer { a in
                guard let a = a.baseAddress else { return }
                let weight = steps[index].reward - baseline
                unsafe Kernel.combine(scratch.base, a, weight, dimension, adds: index > 0)
            }
            index += 1
        }
    }

    @inline(__always)
    private func withFour(
        _ steps: [TrajectoryStep],
        _ index: Int,
        _ body: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>) -> Void
    ) {
        unsafe steps[index].activations.withUnsafeBufferPointer { a0 in
            unsafe steps[index + 1].activations.withUnsafeBufferPointer { a1 in
                unsafe steps[index + 2].activations.withUnsafeBufferPointer { a2 in
                    unsafe steps[index + 3].activations.withUnsafeBufferPointer { a3 in
                        guard let a0 = a0.baseAddress, let a1 = a1.baseAddress, let a2 = a2.baseAddress,
                            let a3 = a3.baseAddress
                        else { return }
                        unsafe body(a0, a1, a2, a3)
                    }
                }
            }
        }
    }

    /// products = x·down_r and g·up_r for every r, with the weights as they stand; and the two squares.
    private func multiply(_ queryEmbedding: [Float]) -> (gradient: Float, query: Float) {
        let (dimension, rank) = (configuration.dimension, configuration.rank)
        let down = unsafe weights
        let up = unsafe down + size
        return unsafe queryEmbedding.withUnsafeBufferPointer { query in
            guard let query = query.baseAddress else { return (.nan, .nan) }
            let first = unsafe Kernel.products(
                gradient: scratch.base,
                query: query,
                down: down,
                up: up,
                dimension
            )
            unsafe products.base[0] = first.down
            unsafe products.base[rank] = first.up
            for r in 1..<max(1, rank) {
                let (x, y) = unsafe Kernel.dots(
                    query,
                    down + r * dimension,
                    scratch.base,
                    up + r * dimension,
                    dimension
                )
                unsafe products.base[r] = x
                unsafe products.base[rank + r] = y
            }
            return (first.gradient, first.query)
        }
    }

    mutating func signal(of trajectory: QueryTrajectory, baseline given: Float?) throws(Rejection) -> LearningSignal {
        var signal = LearningSignal(
            queryEmbedding: trajectory.queryEmbedding,
            gradient: [],
            quality: trajectory.finalQuality,
            metadata: .init(
                trajectoryID: trajectory.id,
                stepCount: trajectory.steps.count,
                modelRoute: trajectory.modelRoute,
                baseline: nil
            )
        )
        guard configuration.mode == .corrected else {
            signal.gradient =
                trajectory.steps.isEmpty ? trajectory.queryEmbedding : Kernel.referenceGradient(trajectory)
            return signal
        }
        let reading = try read(trajectory, given, nil, moves: false)
        signal.gradient = scratch.array.map { $0 * reading.inverse }
        signal.quality = reading.quality
        signal.metadata.baseline = reading.baseline
        return signal
    }
}
