/// What a trajectory teaches: the direction in which the output for its query should move.
public struct LearningSignal: Sendable, Hashable {
    /// The query it was learnt from.
    public var queryEmbedding: [Float]
    /// Where the output should move; of length 1, or shorter where there was next to nothing to learn.
    public var gradient: [Float]
    /// How much it counts; in the default mode from 0 to 1.
    public var quality: Float
    /// Where it comes from.
    public var metadata: Metadata

    /// Where a signal comes from.
    public struct Metadata: Sendable, Hashable {
        /// The trajectory.
        public var trajectoryID: UInt64
        /// How many steps it had.
        public var stepCount: Int
        /// The model that was chosen.
        public var modelRoute: String?
        /// What the steps' rewards were compared with; nil where the gradient was given.
        public var baseline: Float?
    }
}

/// Why nothing was learnt from a trajectory.
public enum Rejection: String, Error, Sendable, Hashable, CaseIterable {
    /// The embedding, an activation or a given gradient has not as many numbers as the loop's dimension.
    case dimension
    /// A number that is NaN or infinite, or numbers so large that what follows from them is.
    case notFinite = "not_finite"
    /// No steps, and no gradient was given.
    case noSteps = "no_steps"
    /// The quality is below the threshold.
    case quality
    /// Every advantage, or the gradient itself, is exactly zero.
    case noSignal = "no_signal"
}
