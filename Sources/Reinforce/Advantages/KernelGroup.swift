/// A group of two or more voters whose rewards differ, and the formulas over it.
struct KernelGroup {
    private let rewards: [Double]
    private let lengths: [Double]
    private let statistics: GroupStatistics

    init(_ rewards: [Double], _ lengths: [Double], _ statistics: GroupStatistics) {
        self.rewards = rewards
        self.lengths = lengths
        self.statistics = statistics
    }

    /// The advantage of a voter.
    func advantage(_ index: Int, _ estimator: Estimator) -> Double {
        let reward = rewards[index]
        switch estimator.baseline {
        case .mean: return scaled(reward - statistics.mean, estimator, without: index)
        case .leaveOneOut:
            // the same as reward minus the mean of the others, without its cancellation
            let n = Double(rewards.count)
            return scaled(n / (n - 1) * (reward - statistics.mean), estimator, without: index)
        case .lengthWeightedMean: return scaled(reward - lengthWeightedMean, estimator, without: index)
        case .secondBest:
            guard rewards.firstIndex(of: statistics.max) == index else { return 0 }
            let second = rewards.indices.filter { $0 != index }.map { rewards[$0] }.max() ?? reward
            return scaled(reward - second, estimator, without: index)
        }
    }

    /// The advantage of a member whose reward enters no statistics.
    func advantage(ofOutsider reward: Double, _ estimator: Estimator) -> Double {
        switch estimator.baseline {
        case .mean, .leaveOneOut: scaled(reward - statistics.mean, estimator, without: nil)
        case .lengthWeightedMean: scaled(reward - lengthWeightedMean, estimator, without: nil)
        case .secondBest: 0
        }
    }

    private var lengthWeightedMean: Double {
        let total = lengths.reduce(0, +)
        guard total > 0 else { return statistics.mean }
        return zip(lengths, rewards).reduce(0) { $0 + $1.0 * $1.1 } / total
    }

    private func scaled(_ difference: Double, _ estimator: Estimator, without index: Int?) -> Double {
        switch estimator.scale {
        case .none, .batchStd, .batchTokenStd, .componentStd: return difference
        case .groupStd: return difference / (statistics.std + estimator.epsilon)
        case .mean: return statistics.mean > 0 ? difference / statistics.mean : 0
        case .leaveOneOutStd:
            let others = rewards.indices.filter { $0 != index }.map { rewards[$0] }
            let std = deviation(others, average(others), estimator.ddof)
            return std > 0 ? difference / (std + estimator.epsilon) : difference
        }
    }
}
