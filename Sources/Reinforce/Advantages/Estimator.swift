/// How rewards become advantages: the knobs that the estimators of the field differ in.
public struct Estimator: Sendable, Hashable {
    /// What is subtracted from a reward.
    public enum Baseline: String, Sendable, Hashable, CaseIterable {
        /// The mean of the voting rewards.
        case mean
        /// The mean of the others.
        case leaveOneOut = "leave_one_out"
        /// The mean weighted by response length.
        case lengthWeightedMean = "length_weighted_mean"
        /// The second best reward; all but the best get 0.
        case secondBest = "second_best"
    }

    /// What the difference is divided by.
    public enum Scale: String, Sendable, Hashable, CaseIterable {
        /// Nothing.
        case none
        /// The standard deviation of the group, plus ε.
        case groupStd = "group_std"
        /// The standard deviation of all rewards of the batch, plus ε.
        case batchStd = "batch_std"
        /// The standard deviation of the others, plus ε, where it is above 0.
        case leaveOneOutStd = "leave_one_out_std"
        /// The group's mean, where it is above 0; else the advantage is 0.
        case mean
        /// Whitening over all response tokens of the batch.
        case batchTokenStd = "batch_token_std"
        /// Each component by its deviation in the group, their weighted sum by its deviation in the batch.
        case componentStd = "component_std"
    }

    /// What a group with a single voter gets.
    public enum Singleton: String, Sendable, Hashable, CaseIterable {
        /// 0.
        case zero
        /// Its reward, divided by 1 + ε where there is a group deviation.
        case raw
    }

    /// The estimator's name.
    public var name: String
    /// The preset it was made from.
    public var preset: String
    /// What is subtracted.
    public var baseline: Baseline
    /// What is divided by.
    public var scale: Scale
    /// Delta degrees of freedom of every deviation: 1 is the sample's, 0 the population's.
    public var ddof: Int
    /// Added to a deviation, so that it never divides by almost nothing.
    public var epsilon: Double
    /// What a single voter gets.
    public var singleton: Singleton
    /// The least variance that whitening divides by; 0: ε is added instead.
    public var varianceFloor = 0.0
    /// Members that have a reward and do not vote get an advantage too.
    public var scoreNonVoters = false
    /// What an advantage is given to.
    public var credit = Credit.rollout

    /// An estimator from its knobs.
    public init(
        name: String,
        preset: String,
        baseline: Baseline = .mean,
        scale: Scale = .groupStd,
        ddof: Int = 1,
        epsilon: Double = 0,
        singleton: Singleton = .zero
    ) {
        self.name = name
        self.preset = preset
        self.baseline = baseline
        self.scale = scale
        self.ddof = ddof
        self.epsilon = epsilon
        self.singleton = singleton
    }

    /// Its statistics are over the batch that is emitted, not over the group alone.
    public var isBatchWide: Bool { scale == .batchStd || scale == .batchTokenStd || scale == .componentStd }
}
