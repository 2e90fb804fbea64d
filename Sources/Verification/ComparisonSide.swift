internal import JSON
internal import Pipeline
internal import Reinforce

/// What one of two configurations makes of a log: kept light, no texts.
final class ComparisonSide: ReplayObserver {
    let options: ReplayOptions
    var summary = ReplaySummary()
    private(set) var groups: [GroupKey: Group] = [:]
    /// Fates of every thread.
    private(set) var threads: [ThreadKey: Thread] = [:]
    /// Of threads that are trained and have calls to train on.
    private(set) var calls: [ThreadKey: TrainableCalls] = [:]

    /// A group as this configuration decides it.
    struct Group {
        let example: Text
        let status: DecidedGroup.Status
        let signal: Signal
        let mean: Double
        let outcomeMean: Double
        let isWritten: Bool
        let decidedAt: Int64
    }

    /// A thread as this configuration ends it.
    struct Thread {
        let group: GroupKey?
        let slot: Int?
        let fate: Fate
        let reason: ExclusionReason?
        let reward: Double?
        let advantage: Double?
    }

    private var topics: [Text] = []

    init(_ options: ReplayOptions) { self.options = options }

    func began(topics: [Text]) { self.topics = topics }

    func ended(_ group: DecidedGroup, _ reason: ExclusionReason?) {
        groups[group.key] = Group(
            example: group.example.id,
            status: group.status,
            signal: group.signal,
            mean: group.statistics.mean,
            outcomeMean: group.statistics.outcomeMean,
            isWritten: group.status == .ok && reason == nil,
            decidedAt: group.decidedAt
        )
        guard group.status == .ok, reason == nil else { return }
        for member in group.members where member.trains {
            let trained = member.rollout.trainable
            if trained.calls > 0 { calls[member.rollout.key] = trained }
        }
    }

    func ended(_ entry: LedgerEntry) {
        threads[entry.key] = Thread(
            group: entry.pairing.map { GroupKey(tenant: entry.key.tenant, group: $0.groupID) },
            slot: entry.pairing?.rolloutIndex,
            fate: entry.fate,
            reason: entry.reason,
            reward: entry.reward,
            advantage: entry.advantage
        )
    }

    /// Batches and ends groups that were decided by this configuration from another one's threads.
    func settle(_ decided: [DecidedGroup], _ excluded: [LedgerEntry]) {
        var book = FateBook(excluded, keepsEntries: false, observer: self)
        var task = GroupTask(options.batchRules(topics: topics))
        let renderer = task.rules.renderer
        func take(_ output: GroupOutput) {
            summary.batches += output.batches.count
            for ended in output.ended { book.close(ended) }
        }
        for group in decided.sorted(by: { ($0.decidedAt, $0.key) < ($1.decidedAt, $1.key) }) {
            summary.groups[group.status, default: 0] += 1
            if let ended = task.outcome(of: group) {
                book.close(ended)
            } else {
                take(task.add(renderer.render(group)))
            }
        }
        take(task.finish())
        summary.fates = book.fates
        summary.excluded = book.reasons
    }
}

/// Decides every group of one configuration by another one's rules too: one reading of the log serves both.
final class SharedPass: ReplayObserver {
    private let a: ComparisonSide
    private let b: ComparisonSide
    private var decided: [DecidedGroup] = []
    private var excluded: [LedgerEntry] = []

    init(_ a: ComparisonSide, _ b: ComparisonSide) {
        self.a = a
        self.b = b
    }

    func decided(_ group: DecidedGroup, _ policies: PolicyHistory) {
        let rewards = b.options.stage.rewards
        let decider = GroupDecider(
            b.options.groups,
            estimator: b.options.estimator,
            rewards: rewards,
            examples: b.options.examples,
            policies: policies,
            ranks: b.options.ranks
        )
        let records = b.options.stage.rewardRecords
        let rollouts = group.claimants.map { $0.rescored(by: rewards, group.example, records) }
        if let other = decider.decide(group.key, rollouts) { decided.append(other) }
    }

    func began(topics: [Text]) { for side in [a, b] { side.began(topics: topics) } }

    func ended(_ group: DecidedGroup, _ reason: ExclusionReason?) { a.ended(group, reason) }

    func ended(_ entry: LedgerEntry) {
        a.ended(entry)
        // whoever never came to a group is out by rules that both sides share
        if Self.beforeGroups.contains(entry.reason) { excluded.append(entry) }
    }

    func finish() { b.settle(decided, excluded) }

    private static let beforeGroups: Set<ExclusionReason?> = [
        .noStart, .conflictingPairing, .unpaired, .invalidPairing, .unknownExample,
    ]
}

extension ReplayOptions {
    /// Both lead to the same threads; only what comes after may differ.
    func sharesThreads(with other: ReplayOptions) -> Bool {
        stage.frames == other.stage.frames && stage.assembly == other.stage.assembly
            && stage.manifestPointer == other.stage.manifestPointer
            && stage.keepsNodeRewards == other.stage.keepsNodeRewards
            && asOf == other.asOf && maxClockSkew == other.maxClockSkew
    }
}
