internal import DashStream
internal import JSON
internal import Judges
internal import Reinforce

extension JudgeRequest {
    /// A question about a rollout, or a group: the same for each try, and for every process that asks it.
    init(_ question: RewardQuestion) {
        let (tenant, name, threads): (Text, Text, [Text]) =
            switch question.subject {
            case .rollout(let key): (key.tenant, key.thread, [])
            case .group(let key, let threads): (key.tenant, key.group, threads)
            }
        let parts = [tenant.string, name.string, question.component.string, String(question.source.version)]
        self.init(
            body: question.body,
            idempotencyKey: parts.joined(separator: "/"),
            members: threads.map(\.string)
        )
    }
}

extension RewardLine {
    /// What a judge has said, as a record.
    ///
    /// - Parameter wall: when, milliseconds since 1970.
    init(_ answer: JudgeAnswer, _ question: RewardQuestion, at wall: Int64) {
        var said = RewardAnswer(
            value: answer.value,
            status: RewardValue.Status(rawValue: answer.status.rawValue) ?? .error,
            evaluator: question.source.evaluator,
            version: question.source.version,
            duration: answer.milliseconds,
            explanation: answer.explanation.map { Text($0) },
            at: wall.saturatingTimes(1000)
        )
        switch question.subject {
        case .rollout(let key): self = .rollout(RewardRecord(key, component: question.component, said))
        case .group(let key, let threads):
            said.value = nil
            let values = Dictionary(threads.map { ($0, answer.values[$0.string]) }) { first, _ in first }
            self = .group(GroupRewardRecord(key, component: question.component, GroupAnswer(values: values, said)))
        }
    }
}
