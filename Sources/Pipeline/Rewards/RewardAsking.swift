internal import Dispatch
internal import JSON
internal import Judges
internal import Kafka
public import Reinforce
public import Settings
internal import Synchronization
public import Telemetry

/// Asks about the rollouts of a log, offline: reads it, and asks everybody who can be asked about every rollout that is
/// scored by its components; then, where whole groups are ranked, reads it once more and asks about those.
public final class RewardAsking {
    /// A rollout, and what was said of it.
    private struct Entry {
        var rollout: Rollout
        let example: Example
        var answers: [RewardRecord] = []
    }

    private let options: ReplayOptions
    private let settings: Settings
    private let log: Logger
    private let limit: Int
    private let wall: @Sendable () -> Int64
    /// Rollouts that wait for what is said of their groups.
    private var unranked: [Entry] = []
    /// Called now and then with records and bytes read so far, and the share of the input that is, where that is known.
    public var onProgress: ((_ records: Int, _ bytes: Int64, _ share: Double?) -> Void)?
    /// Asked now and then; true ends the work without a result.
    public var isInterrupted: (() -> Bool)?
    /// Called with every rollout as its last answer comes, on one thread.
    public var onRollout: ((_ rollout: Rollout, _ example: Example, _ answers: [RewardRecord]) -> Void)?

    /// - Parameters:
    ///   - options: the log and the rules; outputs are ignored.
    ///   - settings: whom to ask.
    ///   - limit: rollouts that are asked about at most.
    ///   - log: where judges' troubles are told.
    ///   - wall: milliseconds since 1970.
    public init(
        _ options: ReplayOptions,
        _ settings: Settings,
        limit: Int = .max,
        log: Logger,
        wall: @escaping @Sendable () -> Int64 = { SystemClock().wallMilliseconds }
    ) {
        self.options = options
        self.settings = settings
        self.limit = limit
        self.log = log
        self.wall = wall
    }

    /// Asks.
    ///
    /// - Returns: what was known before and what was said now; nil when interrupted.
    /// - Throws: what a replay throws.
    public func run() throws -> RewardRecords? {
        var options = options.withoutOutputs
        options.stage.earlierScores = [:]
        let desk = try settings.makeDesk(JudgeLog(log), wall: wall)
        let asker = RolloutAsker(options.stage.rewards, limit: limit)
        let replay = Replay(options)
        replay.observer = asker
        replay.onProgress = onProgress
        replay.isInterrupted = isInterrupted
        guard try !replay.run().wasInterrupted, let records = collect(asker, desk) else { return nil }
        guard let desk, !options.stage.rewards.ranks.isEmpty else { return records }
        return try askAboutGroups(records, desk)
    }

    /// Asks about one rollout after the other, as many at a time as the configuration allows.
    private func collect(_ asker: RolloutAsker, _ desk: RewardDesk?) -> RewardRecords? {
        var records = options.stage.rewardRecords
        var open: [ThreadKey: (entry: Entry, lacking: Int)] = [:]
        var rest = asker.rollouts[...]
        while !rest.isEmpty || !open.isEmpty {
            if isInterrupted?() == true { return nil }
            while desk?.isFull != true, let (rollout, example) = rest.popFirst() {
                let entry = Entry(rollout: rollout, example: example)
                let questions = asker.questions(rollout, example)
                guard let desk, !questions.isEmpty else {
                    // nobody can be asked: it is scored by what is known
                    finish(entry, records)
                    continue
                }
                open[rollout.key] = (entry, questions.count)
                desk.ask(questions, for: RolloutAsker.place)
            }
            for said in desk?.takeSaid() ?? [] {
                guard case .rollout(let record) = said.line else { continue }
                records.replace(record)
                guard var (entry, lacking) = open.removeValue(forKey: record.key) else { continue }
                entry.answers.append(record)
                lacking -= 1
                if lacking > 0 { open[record.key] = (entry, lacking) } else { finish(entry, records) }
            }
            if !open.isEmpty { desk?.wait(milliseconds: 100) }
        }
        return records
    }

    private func finish(_ entry: Entry, _ records: RewardRecords) {
        var entry = entry
        entry.rollout = entry.rollout.rescored(by: options.stage.rewards, entry.example, records)
        // what is said of its group is told with it
        if options.stage.rewards.ranks.isEmpty { tell(entry) } else { unranked.append(entry) }
    }

    private func tell(_ entry: Entry) { onRollout?(entry.rollout, entry.example, entry.answers) }
}

/// Whole groups: they are known once what was said of their rollouts is.
extension RewardAsking {
    /// Reads the log once more, and asks about every group of a rollout that was asked about.
    private func askAboutGroups(_ known: RewardRecords, _ desk: RewardDesk) throws -> RewardRecords? {
        var options = options.withoutOutputs
        options.stage.earlierScores = [:]
        options.stage.rewardRecords = known
        options.leavesUnranked = true
        let decider = GroupDecider(
            options.groups,
            estimator: options.estimator,
            rewards: options.stage.rewards,
            examples: options.examples
        )
        let asker = GroupAsker(decider, of: Set(unranked.map(\.rollout.key)))
        let replay = Replay(options)
        replay.observer = asker
        replay.isInterrupted = isInterrupted
        guard try !replay.run().wasInterrupted else { return nil }
        var records = known
        var rankings = GroupRankings()
        var ranked: [ThreadKey: (rollout: Rollout, said: [GroupRewardRecord])] = [:]
        for group in asker.groups { rankings.begin(group, decider.rankNames) }
        while !rankings.isEmpty {
            if isInterrupted?() == true { return nil }
            while !desk.isFull, let group = rankings.next() {
                desk.ask(decider.questions(group), for: RolloutAsker.place)
            }
            for said in desk.takeSaid() {
                guard case .group(let record) = said.line else { continue }
                records.replace(record)
                guard let (group, all) = rankings.take(record) else { continue }
                for rollout in decider.ranked(group, by: all).claimants { ranked[rollout.key] = (rollout, all) }
            }
            if !rankings.isEmpty { desk.wait(milliseconds: 100) }
        }
        for var entry in unranked {
            if let (rollout, said) = ranked[entry.rollout.key] {
                entry.rollout = rollout
                entry.answers += said.compactMap { $0.record(of: rollout.key) }
            }
            tell(entry)
        }
        unranked = []
        return records
    }
}

/// Gathers the groups of some rollouts that somebody is to be asked about.
private final class GroupAsker: ReplayObserver {
    private let decider: GroupDecider
    private let threads: Set<ThreadKey>
    private(set) var groups: [DecidedGroup] = []

    init(_ decider: GroupDecider, of threads: Set<ThreadKey>) {
        self.decider = decider
        self.threads = threads
    }

    func decided(_ group: DecidedGroup, _ policies: PolicyHistory) {
        guard group.claimants.contains(where: { threads.contains($0.key) }), decider.needsRanks(group) else { return }
        groups.append(group)
    }
}

/// Gathers the rollouts of a log that somebody can be asked about.
private final class RolloutAsker: ReplayObserver {
    /// Offline there is one partition of everything.
    static let place = TopicPartition("", 0)
    private let components: [(name: Text, source: OutsideSource)]
    private let limit: Int
    private(set) var rollouts: [(Rollout, Example)] = []

    init(_ rewards: RewardConfiguration, limit: Int) {
        self.limit = limit
        components = rewards.components.compactMap { component in
            guard case .outside(let source) = component.kind, source.isAsked, !source.isOfGroup else { return nil }
            return (component.name, source)
        }
    }

    func decided(_ group: DecidedGroup, _ policies: PolicyHistory) {
        for rollout in group.claimants where rollout.isScoredByComponents && rollouts.count < limit {
            rollouts.append((rollout, group.example))
        }
    }

    func questions(_ rollout: Rollout, _ example: Example) -> [RewardQuestion] {
        components.map { rollout.question($0.name, $0.source, example) }
    }
}
