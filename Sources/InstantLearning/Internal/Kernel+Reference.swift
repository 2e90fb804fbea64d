/// The reference mode's arithmetic: one number after the other, in the original's order, to its last bit.
extension Kernel {
    /// The gradient of a trajectory with steps, as the original computes it.
    static func referenceGradient(_ trajectory: QueryTrajectory) -> [Float] {
        var gradient = [Float](repeating: 0, count: trajectory.queryEmbedding.count)
        var total: Float = 0
        for index in trajectory.steps.indices { total += trajectory.steps[index].reward }
        let baseline = total / Float(trajectory.steps.count)
        for step in trajectory.steps {
            let advantage = step.reward - baseline
            for index in 0..<min(step.activations.count, gradient.count) {
                gradient[index] += step.activations[index] * advantage
            }
        }
        var squares: Float = 0
        for value in gradient { squares += value * value }
        let norm = squares.squareRoot()
        if norm > 1e-8 { for index in gradient.indices { gradient[index] /= norm } }
        return gradient
    }

    /// out += (Σ_r t_r·up_r)·scale, t_r = x·down_r.
    static func referenceForward(
        _ out: UnsafeMutablePointer<Float>,
        _ input: UnsafePointer<Float>,
        _ down: UnsafePointer<Float>,
        _ up: UnsafePointer<Float>,
        rank: Int,
        scale: Float,
        _ count: Int
    ) {
        unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: rank) { inner in
            for r in 0..<rank {
                var sum: Float = 0
                for index in 0..<count { unsafe sum += input[index] * down[r * count + index] }
                unsafe inner[r] = sum
            }
            for index in 0..<count {
                var sum: Float = 0
                for r in 0..<rank { unsafe sum += inner[r] * up[r * count + index] }
                unsafe out[index] += sum * scale
            }
        }
    }
}
