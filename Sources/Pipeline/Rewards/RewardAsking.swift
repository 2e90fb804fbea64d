internal import Dispatch
internal import JSON
internal import Judges
internal import Kafka
public import Reinforce
public import Settings
internal import Synchronization
public import Telemetry

/// Asks about the rollouts of a log, offline: reads it once, and asks everybody who can be asked about every rollout that is
/// scored by its components.
public final class RewardAsking {
    private let options: ReplayOptions
    private let settings: Settings
    private let log: Logger
    private let limit: Int
    private let wall: @Sendable () -> Int64
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
        guard try !replay.run().wasInterrupted else { return nil }
        return collect(asker, desk)
    }

    /// Asks about one rollout after the other, as many at a time as the configuration allows.
    private func collect(_ asker: RolloutAsker, _ desk: RewardDesk?) -> RewardRecords? {
        var records = options.stage.rewardRecords
        guard let desk else {
            // nobody can be asked: they are scored by what is known
            for (rollout, example) in asker.rollouts { finish((rollout, example, 0, []), records) }
            return records
        }
        var open: [ThreadKey: (rollout: Rollout, example: Example, lacking: Int, answers: [RewardRecord])] = [:]
        var rest = asker.rollouts[...]
        while !rest.isEmpty || !open.isEmpty {
            if isInterrupted?() == true { return nil }
            while !desk.isFull, let (rollout, example) = rest.popFirst() {
                let questions = asker.questions(rollout, example)
                open[rollout.key] = (rollout, example, questions.count, [])
                desk.ask(questions, for: RolloutAsker.place)
            }
            for said in desk.takeSaid() {
                records.replace(said.record)
                guard var entry = open.removeValue(forKey: said.record.key) else { continue }
                entry.lacking -= 1
                entry.answers.append(said.record)
                if entry.lacking > 0 { open[said.record.key] = entry } else { finish(entry, records) }
            }
            if !open.isEmpty { desk.wait(milliseconds: 100) }
        }
        return records
    }

    private func finish(
        _ entry: (rollout: Rollout, example: Example, lacking: Int, answers: [RewardRecord]),
        _ records: RewardRecords
    ) {
        let rewards = options.stage.rewards
        onRollout?(entry.rollout.rescored(by: rewards, entry.example, records), entry.example, entry.answers)
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
