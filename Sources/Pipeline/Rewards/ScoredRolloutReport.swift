internal import JSON
public import Reinforce

/// A rollout as `rewards test` shows it: what was read, what was written, and what each component says of it.
public struct ScoredRolloutReport: Sendable {
    private let rollout: Rollout
    private let example: Example
    private let answers: [Text: RewardAnswer]
    private let prompt: JSONValue
    private let completion: JSONValue

    /// - Parameter records: what was said of it.
    public init(_ rollout: Rollout, _ example: Example, _ records: [RewardRecord]) {
        self.rollout = rollout
        self.example = example
        answers = Dictionary(records.map { ($0.component, $0.answer) }) { _, last in last }
        let whole = OutsideSource(evaluator: "", send: [.calls, .samples, .completion])
        let told = (try? JSONValue(parsing: rollout.question("", whole, example).body)) ?? .null
        let last = told["calls"]?.elements.last { $0["completion"] != .null } ?? told["samples"]?.elements.last
        prompt = last?["prompt"]?.elements.last?["content"] ?? .null
        completion = told["completion"] ?? .null
    }

    /// For a person: some lines.
    public func text(_ style: TextStyle) -> String {
        var text = style.bold(rollout.key.thread.string) + "  example " + example.id.string
        text += "  reward " + (rollout.reward.map(shortNumber) ?? "–")
        if let exclusion = rollout.exclusion { text += style.bad("  " + exclusion.rawValue) }
        text +=
            "\n  " + style.dim("prompt: ") + shown(prompt) + "\n  " + style.dim("completion: ") + shown(completion)
            + "\n"
        for value in rollout.rewards {
            text += "    " + value.name.string.padded(16)
            text += (value.value.map(shortNumber) ?? "–").padded(10)
            text += value.status == .ok ? style.good("ok") : style.bad(value.status.rawValue)
            if let answer = answers[value.name] {
                text += style.dim("  \(answer.duration) ms")
                if let explanation = answer.explanation { text += "  " + printable(explanation.string, limit: 200) }
            }
            text += "\n"
        }
        return text
    }

    private func shown(_ value: JSONValue) -> String {
        value == .null ? "–" : printable(value.asText?.string ?? value.canonicalText, limit: 300)
    }

    /// One JSON object.
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, text) in [
            ("tenant_id", rollout.key.tenant), ("thread_id", rollout.key.thread), ("example_id", example.id),
        ] {
            writer.key(name)
            writer.string(text.string)
        }
        writer.key("prompt")
        writer.value(prompt)
        writer.key("completion")
        writer.value(completion)
        writer.key("reward")
        if let reward = rollout.reward { writer.double(reward) } else { writer.null() }
        writer.key("exclusion")
        if let reason = rollout.exclusion { writer.string(reason.rawValue) } else { writer.null() }
        writer.key("rewards")
        writer.beginArray()
        for value in rollout.rewards { write(value, to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private func write(_ value: RewardValue, to writer: inout JSONWriter) {
        let answer = answers[value.name]
        writer.beginObject()
        writer.key("name")
        writer.string(value.name.string)
        writer.key("value")
        if let number = value.value { writer.double(number) } else { writer.null() }
        writer.key("weight")
        writer.double(value.weight)
        writer.key("status")
        writer.string(value.status.rawValue)
        writer.key("evaluator")
        if let answer { writer.string(answer.evaluator.string) } else { writer.null() }
        writer.key("duration_ms")
        if let answer { writer.integer(answer.duration) } else { writer.null() }
        writer.key("explanation")
        if let explanation = answer?.explanation { writer.string(explanation.string) } else { writer.null() }
        writer.endObject()
    }
}
