/// A group of two or more voters whose rewards differ, and the formulas over it. What all members need is taken once.
struct KernelGroup {
    private let rewards: [Double]
    private let statistics: GroupStatistics
    private let estimator: Estimator
    private var lengthWeightedMean = 0.0
    /// The first voter with the best reward, and the best reward of the others.
    private var best = (index: 0, second: 0.0)
    private var others: LeaveOneOut?

    init(_ rewards: [Double], _ lengths: [Double], _ statistics: GroupStatistics, _ estimator: Estimator) {
        self.rewards = rewards
        self.statistics = statistics
        self.estimator = estimator
        if estimator.baseline == .lengthWeightedMean {
            let total = lengths.reduce(0, +)
            lengthWeightedMean =
                total > 0 ? zip(lengths, rewards).reduce(0) { $0 + $1.0 * $1.1 } / total : statistics.mean
        }
        if estimator.baseline == .secondBest {
            let index = rewards.firstIndex(of: statistics.max) ?? 0
            best = (index, rewards.indices.lazy.filter { $0 != index }.map { rewards[$0] }.max() ?? statistics.max)
        }
        if estimator.scale == .leaveOneOutStd {
            others = LeaveOneOut(rewards, mean: statistics.mean, ddof: estimator.ddof)
        }
    }

    /// The advantage of a voter.
    func advantage(_ index: Int) -> Double {
        let reward = rewards[index]
        switch estimator.baseline {
        case .mean: return scaled(reward - statistics.mean, without: index)
        case .leaveOneOut:
            // the same as reward minus the mean of the others, without its cancellation
            let n = Double(rewards.count)
            return scaled(n / (n - 1) * (reward - statistics.mean), without: index)
        case .lengthWeightedMean: return scaled(reward - lengthWeightedMean, without: index)
        case .secondBest: return index == best.index ? scaled(reward - best.second, without: index) : 0
        }
    }

    /// The advantage of a member whose reward enters no statistics.
    func advantage(ofOutsider reward: Double) -> Double {
        switch estimator.baseline {
        case .mean, .leaveOneOut: scaled(reward - statistics.mean, without: nil)
        case .lengthWeightedMean: scaled(reward - lengthWeightedMean, without: nil)
        case .secondBest: 0
        }
    }

    private func scaled(_ difference: Double, without index: Int?) -> Double {
        switch estimator.scale {
        case .none, .batchStd, .batchTokenStd, .componentStd: return difference
        case .groupStd: return difference / (statistics.std + estimator.epsilon)
        case .mean: return statistics.mean > 0 ? difference / statistics.mean : 0
        case .leaveOneOutStd:
            let std = others?.deviation(without: index) ?? 0
            return std > 0 ? difference / (std + estimator.epsilon) : difference
        }
    }
}
