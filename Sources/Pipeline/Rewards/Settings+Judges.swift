internal import JSON
internal import Judges
internal import Reinforce
internal import Settings

extension Settings {
    /// The judges that components ask, by component; none is started before it is first asked.
    ///
    /// - Throws: ``PipelineProblem`` where one cannot be made.
    func makeJudges(_ log: JudgeLog) throws(PipelineProblem) -> [Text: Judge] {
        var judges: [Text: Judge] = [:]
        for component in rewards.outside where component.isAsked {
            judges[Text(component.name)] = try judge(component) { log.note(component.name, $0) }
        }
        return judges
    }

    private func judge(
        _ component: Rewards.Component,
        _ onEvent: @escaping @Sendable (Judge.Event) -> Void
    ) throws(PipelineProblem) -> Judge {
        let outside = component.outside
        var policy = RetryPolicy()
        policy.retries = outside.retries
        policy.timeout = outside.timeout
        policy.patience = rewards.grace
        switch component.type {
        case "command": return Judge(command: outside.command, workers: outside.workers, policy, onEvent: onEvent)
        default:
            throw PipelineProblem(
                .usage,
                "rewards.components: a component of the type \(component.type) cannot be asked"
            )
        }
    }
}
