extension Learner {
    /// As the original: nothing is checked, and what does not fit is not learnt but counts.
    func learnAsReference(_ trajectory: QueryTrajectory, _ given: [Float]?) -> Rejection? {
        let gradient =
            given
            ?? (trajectory.steps.isEmpty ? trajectory.queryEmbedding : Kernel.referenceGradient(trajectory))
        let dimension = configuration.dimension
        guard gradient.count == dimension else { return nil }
        for r in 0..<configuration.rank {
            for index in 0..<dimension {
                unsafe gradUp.base[r * dimension + index] += gradient[index] * trajectory.finalQuality
            }
        }
        return nil
    }
}
