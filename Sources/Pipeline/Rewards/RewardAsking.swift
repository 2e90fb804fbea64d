public import Reinforce
public import Settings
public import Telemetry

/// Asks about the rollouts of a log, offline: reads it, and asks everybody who can be asked about every rollout that is
/// scored by its components; then, where whole groups are ranked, reads it once more and asks about those.
public final class RewardAsking {
    private let options: ReplayOptions
    private let settings: Settings
    private let log: Logger
    private let limit: Int
    private let wall: @Sendable () -> Int64
    /// Rollouts that wait for what is said of their groups; none where nobody is told of them.
    private var unranked: [ScoredEntry] = []
    /// Rollouts that were asked about.
    public private(set) var rollouts = 0
    /// What was said: of a rollout, or of a whole group.
    public private(set) var answers = 0
    /// Called now and then with records and bytes read so far, and the share of the input that is, where that is known.
    public var onProgress: ((_ records: Int, _ bytes: Int64, _ share: Double?) -> Void)?
    /// Asked now and then; true ends the work without a result.
    public var isInterrupted: (() -> Bool)?
    /// Called with every rollout as its last answer comes, on one thread. Where whole groups are ranked, rollouts are held
    /// for it until theirs is.
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

    /// Asks, while groups are decided: only those who are asked about are held.
    ///
    /// - Returns: what was known before and what was said now, without explanations; nil when interrupted.
    /// - Throws: what a replay throws.
    public func run() throws -> RewardRecords? {
        var options = options.withoutOutputs
        options.stage.earlierScores = [:]
        let desk = try settings.makeDesk(JudgeLog(log), wall: wall).map { WaitingDesk($0, isInterrupted) }
        let isRanked = desk != nil && !options.stage.rewards.ranks.isEmpty
        let asker = RolloutAsker(options.stage, desk, limit: limit)
        asker.onRollout = { [unowned self] entry in
            answers += entry.answers.count
            guard onRollout != nil else { return }
            // what is said of its group is told with it
            if isRanked { unranked.append(entry) } else { tell(entry) }
        }
        guard try read(options, for: asker), asker.finish() else { return nil }
        rollouts = asker.taken
        guard let desk, isRanked else { return asker.records }
        options.stage.rewardRecords = asker.records
        options.leavesUnranked = true
        return try askAboutGroups(options, desk)
    }

    /// Reads the log once more, and asks about every group with a rollout that was asked about.
    private func askAboutGroups(_ options: ReplayOptions, _ desk: WaitingDesk) throws -> RewardRecords? {
        let places = Dictionary(unranked.indices.map { (unranked[$0].rollout.key, $0) }) { first, _ in first }
        let asker = GroupAsker(options, desk)
        if limit < .max { asker.concerns = { places[$0.key] != nil } }
        asker.onGroup = { [unowned self] group, said in
            answers += said.count
            for rollout in group.claimants {
                guard let place = places[rollout.key] else { continue }
                unranked[place].rollout = rollout
                unranked[place].answers += said.compactMap { $0.record(of: rollout.key) }
            }
        }
        guard try read(options, for: asker), asker.finish() else { return nil }
        for entry in unranked { tell(entry) }
        unranked = []
        return asker.records
    }

    private func tell(_ entry: ScoredEntry) { onRollout?(entry.rollout, entry.example, entry.answers) }

    /// - Returns: false when interrupted.
    private func read(_ options: ReplayOptions, for observer: any ReplayObserver) throws -> Bool {
        let replay = Replay(options)
        replay.observer = observer
        replay.onProgress = onProgress
        replay.isInterrupted = isInterrupted
        return try !replay.run().wasInterrupted
    }
}

/// A rollout, and what was said of it.
struct ScoredEntry {
    var rollout: Rollout
    let example: Example
    var answers: [RewardRecord] = []
}
