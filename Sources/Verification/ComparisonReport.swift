public import Files
internal import JSON
internal import Pipeline
public import Reinforce

/// Two configurations on one log, side by side.
public struct ComparisonReport: Sendable {
    /// A value of either side.
    public struct Pair<Value: Sendable & Hashable>: Sendable, Hashable {
        /// Of the first configuration.
        public var a: Value
        /// Of the second one.
        public var b: Value

        /// Both values.
        public init(a: Value, b: Value) {
            self.a = a
            self.b = b
        }

        /// Both are the same.
        public var isSame: Bool { a == b }
    }

    /// A thread under both configurations.
    public struct Member: Sendable {
        /// The thread.
        public let thread: String
        /// Its slot in the group, from 0.
        public let slot: Int
        /// Its reward, where it counts.
        public let reward: Pair<Double?>
        /// Its advantage, where its reward counts.
        public let advantage: Pair<Double?>
        /// Its fate, or why it is excluded.
        public let fate: Pair<String>
        /// Its model calls that train.
        public let calls: Pair<TrainableCalls>

        /// Nothing changes for it.
        public var isSame: Bool { reward.isSame && advantage.isSame && fate.isSame && calls.isSame }
        /// What was reinforced is discouraged, or the other way round.
        public var changesSign: Bool {
            // not by their product, which may be too small to be told from 0
            let (a, b) = (advantage.a ?? 0, advantage.b ?? 0)
            return (a < 0 && b > 0) || (a > 0 && b < 0)
        }
        /// How far its advantage moves; none counts as 0.
        public var change: Double { abs((advantage.a ?? 0) - (advantage.b ?? 0)) }
    }

    /// A group under both configurations.
    public struct Group: Sendable {
        /// Its tenant.
        public let tenant: String
        /// Its id.
        public let group: String
        /// The example its members tried.
        public let example: String
        /// `ok`, or why there is nothing to learn, or why it is not written.
        public let signal: Pair<String>
        /// Mean of the rewards that vote.
        public let mean: Pair<Double?>
        /// Everyone in it, by slot.
        public let members: [Member]
        /// Spearman's, of the advantages of those that count on both sides.
        public let rankCorrelation: Double?

        /// Nothing changes.
        public var isSame: Bool { signal.isSame && members.allSatisfy(\.isSame) }
        /// There is something to learn with the second configuration only.
        public var gainsSignal: Bool { signal.a != "ok" && signal.b == "ok" }
        /// There is something to learn with the first configuration only.
        public var losesSignal: Bool { signal.a == "ok" && signal.b != "ok" }
        /// Model calls of its members that train.
        public var calls: Pair<TrainableCalls> {
            members.reduce(into: Pair(a: TrainableCalls(), b: TrainableCalls())) { sum, member in
                sum.a.add(member.calls.a)
                sum.b.add(member.calls.b)
            }
        }
        /// The farthest that an advantage moves.
        public var change: Double { members.map(\.change).max() ?? 0 }
    }

    /// Sums of one side.
    public struct Totals: Sendable, Hashable {
        /// Groups that are written.
        public var written = 0
        /// Groups with something to learn.
        public var informative = 0
        /// Batches.
        public var batches = 0
        /// Threads by fate.
        public var fates: [String: Int] = [:]
        /// Excluded threads by reason.
        public var reasons: [String: Int] = [:]
        /// Mean reward of the threads that count.
        public var meanReward = 0.0
        /// Sum of the magnitudes of what trained threads get: how hard the trainer is pushed.
        public var push = 0.0
        /// Model calls that train.
        public var calls = TrainableCalls()
    }

    /// Sums of both sides.
    public internal(set) var totals: Pair<Totals>
    /// Every group, by tenant and id.
    public internal(set) var groups: [Group] = []
    /// Threads that count on both sides and whose advantage changes its sign.
    public internal(set) var signChanges = 0
    /// Threads trained by both, by the first alone, by the second alone.
    public internal(set) var trained = (both: 0, onlyA: 0, onlyB: 0)
    /// Spearman's, over all threads that count on both sides.
    public internal(set) var rankCorrelation: (reward: Double?, advantage: Double?) = (nil, nil)
    /// The log was read once for both.
    public let isOnePass: Bool
    /// The log was not whole; what came before was processed.
    public let problem: InputError?

    /// Nothing differs, thread by thread.
    public var isSame: Bool { groups.allSatisfy(\.isSame) && totals.a.fates == totals.b.fates }
    /// Groups with something to learn under the second configuration only.
    public var gained: [Group] { groups.filter(\.gainsSignal) }
    /// Groups with something to learn under the first configuration only.
    public var lost: [Group] { groups.filter(\.losesSignal) }
    /// Groups in which something changes, the greatest change of an advantage first.
    public var changed: [Group] {
        groups.filter { !$0.isSame }.sorted { ($1.change, $0.tenant, $0.group) < ($0.change, $1.tenant, $1.group) }
    }

    init(_ a: ComparisonSide, _ b: ComparisonSide, isOnePass: Bool, problem: InputError?) {
        self.isOnePass = isOnePass
        self.problem = problem
        totals = Pair(a: Totals(a), b: Totals(b))
        var members: [GroupKey: [Member]] = [:]
        var rewards: [(Double, Double)] = []
        var advantages: [(Double, Double)] = []
        for key in Set(a.threads.keys).union(b.threads.keys).sorted() {
            let (x, y) = (a.threads[key], b.threads[key])
            let calls = Pair(a: a.calls[key] ?? TrainableCalls(), b: b.calls[key] ?? TrainableCalls())
            let member = Member(key, x, y, calls)
            if let group = x?.group ?? y?.group { members[group, default: []].append(member) }
            if let p = x?.reward, let q = y?.reward { rewards.append((p, q)) }
            if let p = x?.advantage, let q = y?.advantage { advantages.append((p, q)) }
            if member.changesSign { signChanges += 1 }
            switch (x?.fate == .trained, y?.fate == .trained) {
            case (true, true): trained.both += 1
            case (true, false): trained.onlyA += 1
            case (false, true): trained.onlyB += 1
            case (false, false): break
            }
        }
        rankCorrelation = (
            spearman(rewards.map(\.0), rewards.map(\.1)),
            spearman(advantages.map(\.0), advantages.map(\.1))
        )
        groups = members.keys.sorted().map { Group($0, a.groups[$0], b.groups[$0], members[$0] ?? []) }
    }
}

extension ComparisonReport.Totals {
    init(_ side: ComparisonSide) {
        let rewards = side.threads.sorted { $0.key < $1.key }.compactMap(\.value.reward)
        meanReward = rewards.mean
        written = side.groups.values.filter(\.isWritten).count
        informative = side.groups.values.filter { $0.isWritten && $0.signal == .ok }.count
        batches = side.summary.batches
        for sum in side.calls.values { calls.add(sum) }
        for (fate, count) in side.summary.fates { fates[fate.rawValue] = count }
        for (reason, count) in side.summary.excluded { reasons[reason.rawValue] = count }
        push = side.threads.sorted { $0.key < $1.key }
            .reduce(0) { $0 + ($1.value.fate == .trained ? abs($1.value.advantage ?? 0) : 0) }
    }
}

extension ComparisonReport.Member {
    init(
        _ key: ThreadKey,
        _ a: ComparisonSide.Thread?,
        _ b: ComparisonSide.Thread?,
        _ calls: ComparisonReport.Pair<TrainableCalls>
    ) {
        self.calls = calls
        thread = key.thread.string
        slot = a?.slot ?? b?.slot ?? 0
        reward = .init(a: a?.reward, b: b?.reward)
        advantage = .init(a: a?.advantage, b: b?.advantage)
        fate = .init(a: Self.label(a), b: Self.label(b))
    }

    private static func label(_ thread: ComparisonSide.Thread?) -> String {
        thread.map { $0.reason?.rawValue ?? $0.fate.rawValue } ?? "absent"
    }
}

extension ComparisonReport.Group {
    init(
        _ key: GroupKey,
        _ a: ComparisonSide.Group?,
        _ b: ComparisonSide.Group?,
        _ members: [ComparisonReport.Member]
    ) {
        tenant = key.tenant.string
        group = key.group.string
        example = (a ?? b)?.example.string ?? ""
        signal = .init(a: Self.label(a), b: Self.label(b))
        mean = .init(a: a?.mean, b: b?.mean)
        self.members = members.sorted { ($0.slot, $0.thread) < ($1.slot, $1.thread) }
        let both = self.members.compactMap { member -> (Double, Double)? in
            guard let a = member.advantage.a, let b = member.advantage.b else { return nil }
            return (a, b)
        }
        rankCorrelation = spearman(both.map(\.0), both.map(\.1))
    }

    private static func label(_ group: ComparisonSide.Group?) -> String {
        guard let group else { return "absent" }
        guard group.status == .ok else { return group.status.rawValue }
        return group.isWritten ? group.signal.rawValue : "withheld"
    }
}

extension [Double] {
    /// The mean; finite where all values are, even if their sum is not; 0 of none.
    fileprivate var mean: Double {
        guard !isEmpty else { return 0 }
        let sum = reduce(0, +)
        return sum.isFinite ? sum / Double(count) : reduce(0) { $0 + $1 / Double(count) }
    }
}
