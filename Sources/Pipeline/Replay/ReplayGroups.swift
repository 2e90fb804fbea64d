import Files
import JSON
internal import Reinforce

/// The second stage of a replay: groups decided by their times alone, batches in the order of event time.
struct ReplayGroups {
    private let options: ReplayOptions
    private let excluded: [LedgerEntry]
    private let groups: [DecidedGroup]
    private let policies: PolicyHistory
    private let topics: [Text]

    init(_ options: ReplayOptions, _ threads: [FinishedThread], topics: [Text]) {
        self.options = options
        self.topics = topics
        var rollouts: [Rollout] = []
        var excluded: [LedgerEntry] = []
        rollouts.reserveCapacity(threads.count)
        for thread in threads {
            switch thread {
            case .rollout(let rollout): rollouts.append(rollout)
            case .excluded(let thread): excluded.append(LedgerEntry(thread))
            }
        }
        self.excluded = excluded
        policies = PolicyHistory(rollouts)
        let decider = GroupDecider(
            options.groups,
            estimator: options.estimator,
            rewards: options.stage.rewards,
            examples: options.examples,
            policies: policies,
            ranks: options.ranks
        )
        let all = rollouts
        let claims = KeyOrder(all.count) { all[$0].groupKey.sortable }.groups
        let slots = Slots<DecidedGroup>(claims.count)
        inParallel((claims.count + 63) / 64, threads: options.threads) { block in
            for index in block * 64..<min(claims.count, block * 64 + 64) {
                let members = claims[index].map { all[$0] }
                guard let first = members.first else { continue }
                if let group = decider.decide(first.groupKey, members) { slots.set(index, group) }
            }
        }
        groups = slots.values.map { ($0.decidedAt, $0) }.sorted { ($0.0, $0.1.key) < ($1.0, $1.1.key) }.map(\.1)
    }

    /// Writes the batches; returns every thread's line, or none where nobody wants them.
    func write(
        to output: (any BatchOutput)?,
        _ summary: inout ReplaySummary,
        keepsEntries: Bool,
        observer: (any ReplayObserver)? = nil
    ) throws -> [LedgerEntry] {
        var book = FateBook(excluded, keepsEntries: keepsEntries, topics: topics.map(\.string), observer: observer)
        book.reserve(groups.reduce(excluded.count) { $0 + $1.members.count + $1.late.count })
        for group in groups {
            observer?.decided(group, policies)
            summary.note(group)
            if group.status != .ok { book.close(EndedGroup(group)) }
        }
        let emitted = groups.filter { $0.status == .ok }
        var emitter = GroupEmitter(options, topics: topics, output: output)
        for start in stride(from: 0, to: emitted.count, by: 512) {
            try emitter.emit(emitted[start..<min(emitted.count, start + 512)], &book, &summary)
        }
        try emitter.finish(&book, &summary)
        summary.note(book)
        return book.entries
    }
}

extension ReplaySummary {
    /// Counts a decided group.
    mutating func note(_ group: DecidedGroup) {
        groups[group.status, default: 0] += 1
        if group.isPhantom { phantomGroups += 1 }
        if group.status == .ok, group.signal == .ok { informativeGroups += 1 }
    }

    /// Takes over how threads ended.
    mutating func note(_ book: FateBook) {
        fates = book.fates
        excluded = book.reasons
        meanReward = book.rewards > 0 ? book.rewardSum / Double(book.rewards) : nil
        notices.add(book.notices)
    }
}
