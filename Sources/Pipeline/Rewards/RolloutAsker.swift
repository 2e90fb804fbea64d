internal import JSON
internal import Reinforce

/// Asks about the rollouts of a log as its groups are decided. While nobody takes a further question the replay waits.
final class RolloutAsker: ReplayObserver {
    private let rewards: RewardConfiguration
    private let components: [(name: Text, source: OutsideSource)]
    private let desk: WaitingDesk?
    private let limit: Int
    /// What was known and what was said, for scoring: nobody is told why.
    private(set) var records: RewardRecords
    private var open: [ThreadKey: (entry: ScoredEntry, lacking: Int)] = [:]
    /// Rollouts that were asked about.
    private(set) var taken = 0
    /// Called with every rollout as its last answer comes.
    var onRollout: ((ScoredEntry) -> Void)?
    /// The most rollouts that were held at a time.
    private(set) var mostHeld = 0

    /// - Parameters:
    ///   - stage: how rollouts are scored, and what is known of them.
    ///   - desk: whom to ask; nil: nobody can be asked.
    ///   - limit: rollouts that are asked about at most.
    init(_ stage: ThreadStageConfiguration, _ desk: WaitingDesk?, limit: Int) {
        rewards = stage.rewards
        records = stage.rewardRecords
        self.desk = desk
        self.limit = limit
        components = rewards.components.compactMap { component in
            guard case .outside(let source) = component.kind, source.isAsked, !source.isOfGroup else { return nil }
            return (component.name, source)
        }
        desk?.onSaid = { [weak self] line in if case .rollout(let record) = line { self?.take(record) } }
    }

    func decided(_ group: DecidedGroup, _ policies: PolicyHistory) {
        for rollout in group.claimants where rollout.isScoredByComponents && taken < limit {
            guard ask(ScoredEntry(rollout: rollout, example: group.example)) else { return }
        }
    }

    /// Waits for what is still to be said.
    ///
    /// - Returns: false when interrupted.
    func finish() -> Bool { desk?.finish { !open.isEmpty } ?? true }

    /// - Returns: false when interrupted.
    private func ask(_ entry: ScoredEntry) -> Bool {
        guard let desk, !components.isEmpty else {
            // nobody can be asked about it alone: it is scored by what is known
            taken += 1
            tell(entry)
            return true
        }
        guard desk.makeRoom() else { return false }
        taken += 1
        open[entry.rollout.key] = (entry, components.count)
        mostHeld = max(mostHeld, open.count)
        desk.ask(components.map { entry.rollout.question($0.name, $0.source, entry.example) })
        return true
    }

    private func take(_ record: RewardRecord) {
        records.replace(record.withoutExplanation)
        guard var (entry, lacking) = open.removeValue(forKey: record.key) else { return }
        entry.answers.append(record)
        lacking -= 1
        if lacking > 0 { open[record.key] = (entry, lacking) } else { tell(entry) }
    }

    private func tell(_ entry: ScoredEntry) {
        var entry = entry
        entry.rollout = entry.rollout.rescored(by: rewards, entry.example, records)
        onRollout?(entry)
    }
}
