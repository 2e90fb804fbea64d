internal import Reinforce

/// The last hours as points of equal length, in bounded memory. Pure: the time is passed in.
public struct WatchSeries: Sendable {
    /// Milliseconds of a point.
    public let step: Int64
    /// The most points.
    public let capacity: Int
    /// Whole points, the oldest first.
    private var done: [WatchPoint] = []
    private var began: Int64?
    private var base = WatchTotals()
    private var latest = WatchTotals()
    private var kinds = [Int](repeating: 0, count: GroupFacts.Kind.allCases.count)
    private var rewards = RewardSample()
    private var commit: Int64 = 0
    private var latency: Int64 = 0

    /// - Parameters:
    ///   - step: milliseconds of a point.
    ///   - capacity: the most points.
    public init(step: Int64, capacity: Int) {
        self.step = max(1, step)
        self.capacity = max(1, capacity)
    }

    /// What was counted by now, milliseconds since 1970. A clock that is set back lengthens the point under way.
    public mutating func note(_ totals: WatchTotals, at now: Int64) {
        let start = now - (now % step)
        guard let began else {
            self.began = start
            base = totals
            latest = totals
            return
        }
        if start > began {
            done.append(point(length: step))
            if done.count > capacity { done.removeFirst(done.count - capacity) }
            self.began = start
            base = latest
            kinds = [Int](repeating: 0, count: kinds.count)
            rewards = RewardSample()
            commit = 0
            latency = 0
        }
        latest = totals
    }

    /// A group is committed.
    mutating func add(_ facts: GroupFacts, latency: Int64) {
        if let index = GroupFacts.Kind.allCases.firstIndex(of: facts.kind) { kinds[index] &+= 1 }
        for member in facts.members where member.votes { if let reward = member.reward { rewards.add(reward) } }
        self.latency = max(self.latency, latency)
    }

    /// A commit has taken so long, milliseconds.
    mutating func commit(_ milliseconds: Int64) { commit = max(commit, milliseconds) }

    /// All points, the oldest first, the one under way last.
    public func points(at now: Int64) -> [WatchPoint] {
        guard let began else { return [] }
        return done + [point(length: max(1, min(step, now - began)))]
    }

    private func point(length: Int64) -> WatchPoint {
        var counted = latest
        counted.records -= base.records
        counted.batches -= base.batches
        counted.trained -= base.trained
        counted.voted -= base.voted
        counted.excluded -= base.excluded
        counted.superseded -= base.superseded
        counted.deadLetters -= base.deadLetters
        return WatchPoint(
            time: began ?? 0,
            length: length,
            counted: counted,
            kinds: kinds,
            rewardMean: rewards.mean,
            rewardLow: rewards.quantile(0.1),
            rewardHigh: rewards.quantile(0.9),
            commit: commit,
            latency: latency
        )
    }
}
