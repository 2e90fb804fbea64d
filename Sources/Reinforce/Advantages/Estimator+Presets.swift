extension Estimator {
    /// The systems people know, then the estimators by their own names, each with the knobs it has there.
    public static let presets: [Estimator] = systems + estimators

    /// The preset of that name; nil where there is none.
    public static func preset(_ name: String) -> Estimator? { presets.first { $0.preset == name } }

    /// The sample deviation, ε 1e-8, zero for singletons: what is used where nothing is said.
    public static let dashflow = Estimator(name: "grpo", preset: "dashflow", epsilon: 1e-8)

    /// The presets that stand for a system.
    public static let systems: [Estimator] = [
        Estimator(name: "grpo", preset: "trl", epsilon: 1e-4),
        Estimator(name: "grpo", preset: "trl-batch", scale: .batchStd, epsilon: 1e-4),
        Estimator(name: "grpo", preset: "trl-async", ddof: 0, epsilon: 1e-8),
        Estimator(name: "grpo", preset: "verl", epsilon: 1e-6, singleton: .raw),
        Estimator(name: "dr_grpo", preset: "verl-dr", scale: .none, singleton: .raw),
        Estimator(name: "grpo", preset: "openrlhf", epsilon: 1e-9),
        dashflow,
        Estimator(name: "grpo", preset: "art", ddof: 0, epsilon: 1e-6),
        Estimator(name: "dr_grpo", preset: "prime-rl", scale: .none),
        Estimator(name: "rloo", preset: "rloo", baseline: .leaveOneOut, scale: .none),
        Estimator(name: "loo_std", preset: "nemo-rl", baseline: .leaveOneOut, scale: .leaveOneOutStd, epsilon: 1e-6),
        Estimator(name: "pipelinerl", preset: "pipelinerl", baseline: .leaveOneOut, epsilon: 1e-4),
        Estimator(name: "opo", preset: "opo", baseline: .lengthWeightedMean, scale: .none, singleton: .raw),
        Estimator(name: "max_rl", preset: "max-rl", scale: .mean),
        Estimator(name: "pass_at_k", preset: "pass-at-k", baseline: .secondBest, epsilon: 1e-6),
        whitened("reinforce++-baseline-openrlhf", ddof: 0, floor: 1e-8),
        whitened("reinforce++-baseline-verl", ddof: 1, epsilon: 1e-8, singleton: .raw),
    ]

    private static let estimators: [Estimator] = [
        Estimator(name: "grpo", preset: "grpo", epsilon: 1e-8),
        Estimator(name: "dr_grpo", preset: "dr_grpo", scale: .none),
        Estimator(name: "loo_std", preset: "loo_std", baseline: .leaveOneOut, scale: .leaveOneOutStd, epsilon: 1e-6),
        Estimator(name: "max_rl", preset: "max_rl", scale: .mean),
        Estimator(name: "pass_at_k", preset: "pass_at_k", baseline: .secondBest, epsilon: 1e-6),
        whitened("reinforce_pp_baseline", ddof: 1, epsilon: 1e-8),
        Estimator(name: "gdpo", preset: "gdpo", scale: .componentStd, epsilon: 1e-8),
    ]

    private static func whitened(
        _ preset: String,
        ddof: Int,
        epsilon: Double = 0,
        floor: Double = 0,
        singleton: Singleton = .zero
    ) -> Estimator {
        var estimator = Estimator(
            name: "reinforce_pp_baseline",
            preset: preset,
            scale: .batchTokenStd,
            ddof: ddof,
            epsilon: epsilon,
            singleton: singleton
        )
        estimator.varianceFloor = floor
        return estimator
    }
}
