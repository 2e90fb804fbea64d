/// The standard deviation of a group's rewards without one of them, for each member in the time of one.
struct LeaveOneOut {
    /// Up to this many members every deviation is summed anew: the bits of usual groups depend on no shortcut.
    private static let summed = 64
    /// The share of all squares below which what is left is summed anew: a difference of large numbers would be noise.
    private static let trusted = 1e-3
    private let rewards: [Double]
    private let mean: Double
    private let ddof: Int
    /// Sums over all members: distances from the mean, and their squares.
    private var distance = 0.0
    private var squares = 0.0
    /// The one member without which all are equal; nil: there is none.
    private let odd: Int?
    /// The deviation of all.
    private let whole: Double

    init(_ rewards: [Double], mean: Double, ddof: Int) {
        self.rewards = rewards
        self.mean = mean
        self.ddof = ddof
        for reward in rewards {
            distance += reward - mean
            squares += (reward - mean) * (reward - mean)
        }
        odd = Self.odd(rewards)
        whole = Reinforce.deviation(rewards, average(rewards), ddof)
    }

    /// The deviation of everyone but the member at `index`; nil: of everyone.
    func deviation(without index: Int?) -> Double {
        guard let index else { return whole }
        let count = rewards.count - 1
        guard rewards.count > Self.summed else { return summed(without: index) }
        guard count > ddof, index != odd else { return 0 }
        let own = rewards[index] - mean
        let rest = distance - own
        let left = squares - own * own - rest * rest / Double(count)
        // true of one member at most, for it has almost all of the squares
        guard left > squares * Self.trusted else { return summed(without: index) }
        return (left / Double(count - ddof)).squareRoot()
    }

    private func summed(without index: Int) -> Double {
        var others = rewards
        others.remove(at: index)
        return Reinforce.deviation(others, average(others), ddof)
    }

    /// The member whose reward differs from all others', which are equal.
    private static func odd(_ rewards: [Double]) -> Int? {
        guard rewards.count > 2, let first = rewards.first else { return nil }
        let usual = rewards[1] == first || rewards[2] == first ? first : rewards[1]
        var found: Int?
        for (index, reward) in rewards.enumerated() where reward != usual {
            if found != nil { return nil }
            found = index
        }
        return found
    }
}
