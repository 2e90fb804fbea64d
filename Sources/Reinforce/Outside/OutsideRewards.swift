import DashStream
import JSON

/// What a stage knows of rewards from outside the trace, and what it has to ask and to tell.
struct OutsideRewards {
    /// The components, in the order of the configuration.
    let components: [(component: RewardConfiguration.Component, source: OutsideSource)]
    /// How long a thread that is over waits, milliseconds.
    let grace: Int64
    /// How long before a thread's first message a record of it may have been written, milliseconds.
    let before: Int64
    /// What has been said.
    var records: RewardRecords
    /// Rollouts that nobody was asked about yet, in order.
    private(set) var unasked = Queue<Unasked>()
    /// What rollouts were scored by, to be written.
    var decisions: [RewardRecord] = []
    /// What came after its rollout was scored.
    var late: [RewardRecord] = []
    /// Threads that were scored last, and by what: what comes later about them is late.
    private var scored = RecentScores()

    /// A rollout that somebody is to be asked about.
    struct Unasked {
        let first: RestorePlan.First
        let pairing: Pairing
        let example: Example
        let components: [Text]
    }

    init(_ configuration: ThreadStageConfiguration) {
        components = configuration.rewards.outside
        grace = configuration.rewardsGrace
        before = configuration.rewardsBefore
        records = configuration.rewardRecords
    }

    /// Rollouts that wait.
    private var waiting: Set<RestorePlan.First> = []

    /// What is known of a rollout. A replay forgets nothing, so that a thread's name stands for one thread.
    func answers(_ trajectory: Trajectory, isLive: Bool) -> [Text: RewardAnswer] {
        guard !components.isEmpty else { return [:] }
        let earliest = isLive ? trajectory.openedAt.saturatingMinus(before) : .min
        var found: [Text: RewardAnswer] = [:]
        for (component, _) in components {
            found[component.name] =
                records.answer(trajectory.key, component.name, from: earliest)
                ?? (isLive ? scored.told(trajectory.key, component.name) : nil)
        }
        return found
    }

    /// Something is required that is not there.
    func lacks(_ answers: [Text: RewardAnswer]) -> Bool {
        components.contains { $0.component.isRequired && answers[$0.component.name] == nil }
    }

    /// A rollout has waited for what others say.
    func hasWaited(_ trajectory: Trajectory) -> Bool { waiting.contains(trajectory.entry.first) }

    /// Notes that a rollout waits, and whom it needs to ask.
    mutating func wait(_ trajectory: Trajectory, _ pairing: Pairing, _ example: Example, _ known: [Text: RewardAnswer])
    {
        let names = components.filter { $0.source.isAsked && known[$0.component.name] == nil }.map(\.component.name)
        guard waiting.insert(trajectory.entry.first).inserted, !names.isEmpty else { return }
        unasked.append(
            Unasked(first: trajectory.entry.first, pairing: pairing, example: example, components: names)
        )
    }

    /// The next rollout that somebody is to be asked about.
    mutating func next() -> Unasked? { unasked.popFirst() }

    /// A rollout is scored: what by goes to the topic, and is remembered for a while.
    ///
    /// - Parameter time: the partition's, milliseconds.
    mutating func settle(_ trajectory: Trajectory, _ answers: [Text: RewardAnswer], at time: Int64) {
        let key = trajectory.key
        waiting.remove(trajectory.entry.first)
        guard !answers.isEmpty else { return }
        for (component, _) in components {
            guard let answer = answers[component.name] else { continue }
            decisions.append(RewardRecord(key, component: component.name, answer, decidedAt: time))
        }
        records.remove(key)
        scored.note(key, answers, isFromTopic: false)
    }

    /// Takes a record.
    ///
    /// - Returns: whether it may be what a rollout waits for, and whether it came too late.
    mutating func note(_ record: RewardRecord, time: Int64?) -> RewardRecords.Change {
        guard components.contains(where: { $0.component.name == record.component }) else { return .same }
        if let known = scored.answer(record.key, record.component) {
            return record.answer.agrees(with: known) ? .same : .late
        }
        // a rollout that was scored; where delivery is at least once it may have to be scored again, and as before
        if record.decidedAt != nil { return scored.note(record) ? .counts : .same }
        return records.insert(record, time: time)
    }
}
