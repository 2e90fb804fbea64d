internal import Judges
internal import Kafka
internal import Problems
internal import Reinforce
internal import Settings

/// Rewards from outside the trace: questions go to a desk beside the loop, what was said comes back into the tasks.
struct RewardExchange {
    /// Asks what rollouts are worth; nil: nobody is asked.
    let desk: RewardDesk?
    /// What happens while judges are asked.
    let log: JudgeLog

    /// Takes what was said, and asks about rollouts that wait, in turns, as long as the desk takes any.
    func exchange(with tasks: TaskManager) {
        guard let desk else { return }
        for said in desk.takeSaid() {
            switch said.line {
            case .rollout(let record): tasks[said.place]?.apply(.reward(record, topic: nil))
            case .group(let record): tasks[said.place]?.apply(.ranking(record))
            }
        }
        let turn = Turn()
        var asking = tasks.sorted.filter(\.hasQuestions)
        while !asking.isEmpty, !desk.isFull, !turn.isOver {
            asking = asking.filter { task in
                guard !desk.isFull else { return true }
                let questions = task.nextQuestions()
                if !questions.isEmpty { desk.ask(questions, for: task.place) }
                return task.hasQuestions
            }
        }
    }

    /// Partitions with rollouts that nobody can be asked about now: to read more of them would only make more of those.
    func unaskable(of tasks: TaskManager) -> Set<TopicPartition> {
        guard let desk, desk.isFull else { return [] }
        return Set(tasks.active.values.lazy.filter(\.hasQuestions).map(\.place))
    }

    /// A partition is ours no longer.
    func leave(_ place: TopicPartition) { desk?.leave(place) }

    /// How the judges do.
    var standings: [JudgeStanding] { desk?.standings(log) ?? [] }
}

extension Settings {
    /// Some components' values are said on the rewards topic.
    var readsRewards: Bool { !topics.rewards.isEmpty && rewards.outside.contains { !$0.isOfGroup } }

    /// The rewards topic is there for what was said of whole groups, and not read.
    var writesRankingsOnly: Bool { !topics.rewards.isEmpty && !readsRewards && !rewards.outside.isEmpty }

    /// Whom rollouts are asked about; nil: nobody.
    ///
    /// - Parameter spans: is told of every answer.
    func makeDesk(
        _ log: JudgeLog,
        _ spans: SpanExporter? = nil,
        wall: @escaping @Sendable () -> Int64
    ) throws(PipelineProblem) -> RewardDesk? {
        guard rewards.outside.contains(where: \.isAsked) else { return nil }
        return RewardDesk(
            try makeJudges(log),
            maxRollouts: rewards.maxInFlight,
            maxBytes: rewards.maxInFlightBytes,
            wall: wall,
            onAnswer: { spans?.add($0, to: $1, at: wall()) }
        )
    }
}
