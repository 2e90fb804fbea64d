internal import Reinforce

/// Asks about the groups of a log as they are decided. While nobody takes a further question the replay waits.
final class GroupAsker: ReplayObserver {
    private let decider: GroupDecider
    private let desk: WaitingDesk
    private var rankings = GroupRankings()
    /// What was known and what was said, for scoring: nobody is told why.
    private(set) var records: RewardRecords
    /// Whether a rollout is among those that are asked about; nil: all are.
    var concerns: ((Rollout) -> Bool)?
    /// Called with every group, decided by what was said of it.
    var onGroup: ((DecidedGroup, [GroupRewardRecord]) -> Void)?

    /// - Parameters:
    ///   - options: how groups are decided, and what is known of their rollouts.
    ///   - desk: whom to ask.
    init(_ options: ReplayOptions, _ desk: WaitingDesk) {
        decider = GroupDecider(
            options.groups,
            estimator: options.estimator,
            rewards: options.stage.rewards,
            examples: options.examples
        )
        records = options.stage.rewardRecords
        self.desk = desk
        desk.onSaid = { [weak self] line in if case .group(let record) = line { self?.take(record) } }
    }

    func decided(_ group: DecidedGroup, _ policies: PolicyHistory) {
        guard decider.needsRanks(group), concerns.map({ group.claimants.contains(where: $0) }) ?? true,
            desk.makeRoom()
        else { return }
        rankings.begin(group, decider.rankNames)
        while let next = rankings.next() { desk.ask(decider.questions(next)) }
    }

    /// Waits for what is still to be said.
    ///
    /// - Returns: false when interrupted.
    func finish() -> Bool { desk.finish { !rankings.isEmpty } }

    private func take(_ record: GroupRewardRecord) {
        records.replace(record.withoutExplanation)
        guard let (group, said) = rankings.take(record) else { return }
        onGroup?(decider.ranked(group, by: said), said)
    }
}
