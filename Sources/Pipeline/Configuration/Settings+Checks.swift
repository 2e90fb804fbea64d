internal import Kafka
internal import Problems
internal import Reinforce
public import Settings
internal import Spelling
internal import TopicAdmin

extension Settings {
    /// What `Settings` itself cannot know to be wrong: properties that librdkafka does not take, and presets that there are
    /// not.
    public static var checks: [Check] {
        [{ $0.propertyProblems }, { $0.presetProblems }, { $0.judgeProblems }, { $0.patternProblems }]
    }

    private var propertyProblems: [SettingProblem] {
        clientConfiguration().problems.map { problem in
            guard problem.isUnknown else {
                return SettingProblem("kafka.\(problem.name)", "is refused by librdkafka: \(problem.message)")
            }
            let known = ClientConfiguration.knownProperties
            let hint = suggestion(for: problem.name, among: known)
            return SettingProblem(
                "kafka.\(problem.name)",
                "is neither a key nor a property of librdkafka \(librdkafkaVersion)\(hint)"
            )
        }
    }

    /// Templates and patterns that cannot be used.
    private var judgeProblems: [SettingProblem] {
        rewards.outside.filter { $0.type == "judge" }.flatMap { component in
            var problems: [PipelineProblem] = []
            if case .failure(let problem) = component.outside.chatTemplate { problems.append(problem) }
            if !component.outside.parse.isEmpty, case .failure(let problem) = component.outside.scoreReader {
                problems.append(problem)
            }
            return problems.map { problem in
                let message = problem.description.replacing("rewards.components: ", with: "")
                return SettingProblem("rewards.components", "has the component `\(component.name)`: \(message)")
            }
        }
    }

    private var presetProblems: [SettingProblem] {
        guard Reinforce.Estimator.preset(estimator.preset) == nil else { return [] }
        return [SettingProblem("estimator.preset", Self.unknownPreset(estimator.preset))]
    }

    /// What is said where there is no such preset, continuing "`estimator.preset` …".
    static func unknownPreset(_ name: String) -> String {
        let names = Reinforce.Estimator.presets.map(\.preset)
        let hint = suggestion(for: name, among: names)
        return "must be one of \(names.joined(separator: ", ")), not `\(name)`\(hint)"
    }
}
