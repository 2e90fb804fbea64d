import DashStream
import JSON

extension ThreadStage {
    /// What is known of a rollout from outside its trace.
    enum OutsideKnowledge {
        /// All that it is scored by.
        case complete([Text: RewardAnswer])
        /// Something is required that may still come, until this time of the partition.
        case lacking([Text: RewardAnswer], until: Int64)
    }

    /// What is known of a rollout from outside its trace; what is required and has not come in time is a time-out.
    func outsideRewards(_ trajectory: Trajectory, waits: Bool) -> OutsideKnowledge {
        guard !outside.components.isEmpty else { return .complete([:]) }
        guard scorer.isScoredByComponents(trajectory) else {
            // a score that is taken over keeps who gave it
            let isTakenOver = assembler.mode == .replay && scorer.earlier[trajectory.key] != nil
            return .complete(isTakenOver ? outside.answers(trajectory, isLive: false) : [:])
        }
        var known = outside.answers(trajectory, isLive: assembler.mode == .live)
        guard assembler.mode == .live, outside.lacks(known) else { return .complete(known) }
        let until = trajectory.decisionTime.saturatingPlus(outside.grace)
        if waits, now <= until { return .lacking(known, until: until) }
        for (component, source) in outside.components where component.isRequired && known[component.name] == nil {
            known[component.name] = RewardAnswer(
                value: nil,
                status: .timeout,
                evaluator: source.evaluator,
                version: source.version,
                duration: outside.grace,
                explanation: "nothing came within rewards.grace",
                at: until.saturatingTimes(1000)
            )
        }
        return .complete(known)
    }

    /// When a rollout was decided: its group must not close before it is, so that waiting counts, and counts the same in a
    /// replay, which takes it from the records.
    func decisionTime(_ trajectory: Trajectory, _ answers: [Text: RewardAnswer]) -> Int64 {
        guard !answers.isEmpty, !outside.records.prefersLatest else { return trajectory.decisionTime }
        let told = answers.values.compactMap(\.decidedAt).max()
        let waited = assembler.mode == .live && outside.hasWaited(trajectory) ? now : nil
        return max(trajectory.decisionTime, told ?? waited ?? trajectory.decisionTime)
    }

    /// Threads that are over and wait for somebody outside the trace, of whom nobody was asked yet.
    public var hasUnasked: Bool { !outside.unasked.isEmpty }

    /// The next rollout that somebody is to be asked about: a question for each component that it lacks.
    ///
    /// - Returns: empty where there is none.
    public mutating func nextQuestions() -> [RewardQuestion] {
        while let unasked = outside.next() {
            // it may be over meanwhile, or known of from the topic
            guard let trajectory = waiting[unasked.first] else { continue }
            let known = outside.answers(trajectory, isLive: true)
            let score = scorer.score(trajectory, unasked.example, known)
            let rollout = Rollout(trajectory, unasked.pairing, score)
            let questions = outside.components.filter {
                unasked.components.contains($0.component.name) && known[$0.component.name] == nil
            }.map { rollout.question($0.component.name, $0.source, unasked.example) }
            if !questions.isEmpty { return questions }
        }
        return []
    }

    /// Takes what somebody has said: an answer, or a record of the rewards topic.
    ///
    /// - Parameter timestamp: its Kafka time, milliseconds; nil or negative: it counts whenever its thread ran.
    public mutating func note(reward record: RewardRecord, timestamp: Int64? = nil) {
        switch outside.note(record, time: timestamp) {
        case .same: break
        case .late:
            counters.lateRewards += 1
            outside.late.append(record)
        case .counts: for trajectory in waiting.take(key: record.key) { decide(trajectory) }
        }
    }

    /// Hands over what came after its rollout was scored, and says something else.
    public mutating func takeLateRewards() -> [RewardRecord] {
        defer { outside.late.removeAll() }
        return outside.late
    }

    /// Hands over what rollouts were scored by, to be written in the transaction that carries them.
    public mutating func takeRewardDecisions() -> [RewardRecord] {
        defer { outside.decisions.removeAll() }
        return outside.decisions
    }
}
