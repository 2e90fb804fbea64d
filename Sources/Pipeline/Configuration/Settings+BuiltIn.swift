internal import JSON
internal import Reinforce
internal import Settings

extension Settings {
    /// Regular expressions that are none, or that this version's engine does not have.
    var patternProblems: [SettingProblem] {
        rewards.components.filter { $0.type == "regex" && !$0.builtIn.pattern.isEmpty }.compactMap { component in
            do throws(PatternProblem) {
                _ = try Pattern(component.builtIn.pattern, ignoresCase: component.builtIn.ignoreCase)
                return nil
            } catch {
                let problem = "has the component `\(component.name)` (regex) whose `pattern` \(error)"
                return SettingProblem("rewards.components", problem)
            }
        }
    }
}

extension Settings.Rewards.Component {
    /// How it is computed; nil for a type that is not computed by a function of the trace.
    var function: (any RewardFunction)? {
        let given = builtIn
        switch type {
        case "contains": return ContainsReward(expectation, ignoresCase: given.ignoreCase)
        case "numeric": return NumericReward(expectation, tolerance: given.tolerance, relative: given.relative)
        case "json_field":
            return (try? JSONPointer(Text(given.field))).map { JSONFieldReward(expectation, field: $0) }
        case "token_f1": return TokenF1Reward(expectation)
        case "edit_similarity": return EditSimilarityReward(expectation)
        case "regex":
            return (try? Pattern(given.pattern, ignoresCase: given.ignoreCase)).map { RegexReward(place, $0) }
        case "repetition": return RepetitionReward(place, ngram: given.ngram, maxPenalty: given.maxPenalty)
        case "tool_success": return ToolSuccessReward()
        case "latency": return MeasureReward(.seconds, free: given.free, limit: given.limit)
        case "tokens": return MeasureReward(.tokens, free: given.free, limit: given.limit)
        case "steps":
            return MeasureReward(.init(rawValue: given.count) ?? .nodes, free: given.free, limit: given.limit)
        case "overlong":
            return OverlongReward(
                .init(rawValue: given.form) ?? .trl,
                maxLength: given.maxLength,
                buffer: given.buffer,
                factor: given.factor,
                count: .init(rawValue: given.count) ?? .longest
            )
        default: return nil
        }
    }

    /// Texts are looked for in the completion where nothing else is said, answers in the final state.
    private var place: RewardPlace {
        let usual = type == "regex" || type == "repetition" ? "completion" : "final_state"
        let source: RewardPlace.Source
        switch builtIn.of.isEmpty ? usual : builtIn.of {
        case "completion": source = .completion
        case let node where node.hasPrefix("node:"): source = .node(Text(String(node.dropFirst(5))))
        default: source = .finalState
        }
        return RewardPlace(source, builtIn.pointer.flatMap { try? JSONPointer(Text($0)) })
    }

    private var expectation: Expectation {
        var pointers: [Text: JSONPointer] = [:]
        for (label, pointer) in fields { pointers[Text(label)] = try? JSONPointer(Text(pointer)) }
        return Expectation(
            place,
            fields: pointers,
            label: builtIn.label.isEmpty ? nil : Text(builtIn.label),
            value: builtIn.value.flatMap { try? JSONValue(parsing: $0) }
        )
    }
}
