internal import Foundation
internal import JSON
internal import Judges
internal import Problems
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
        switch component.way {
        case "command": return Judge(command: outside.command, workers: outside.workers, policy, onEvent: onEvent)
        case "http": return Judge(http: try address(component), policy, onEvent: onEvent)
        case "judge":
            return Judge(
                chat: try address(component),
                model: outside.model,
                template: try outside.chatTemplate.get(),
                reader: try outside.scoreReader.get(),
                policy,
                onEvent: onEvent
            )
        default:
            throw PipelineProblem(
                .usage,
                "rewards.components: a component of the type \(component.type) cannot be asked"
            )
        }
    }
    /// Where a component is asked, with everything put in that its headers only name.
    private func address(_ component: Rewards.Component) throws(PipelineProblem) -> HTTPAddress {
        var headers: [String: String] = [:]
        for (name, value) in component.outside.headers {
            do throws(HeaderProblem) {
                headers[name] = try HeaderValue.resolve(value, environment: ProcessInfo.processInfo.environment)
            } catch {
                throw PipelineProblem(
                    .usage,
                    "rewards.components: the header \(name) of the component `\(component.name)` \(error)"
                )
            }
        }
        return HTTPAddress(url: component.outside.url, headers: headers)
    }
}

extension Settings.Rewards.Outside {
    var chatTemplate: Result<ChatTemplate, PipelineProblem> {
        do throws(TemplateProblem) { return .success(try ChatTemplate(template)) } catch {
            return .failure(PipelineProblem(.usage, "rewards.components: the template \(error)"))
        }
    }

    var scoreReader: Result<ScoreReader, PipelineProblem> {
        do throws(TemplateProblem) { return .success(try ScoreReader(parse, range: range[0]...range[1])) } catch {
            return .failure(PipelineProblem(.usage, "rewards.components: `parse` \(error)"))
        }
    }
}
