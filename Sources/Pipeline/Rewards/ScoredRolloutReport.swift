internal import JSON
public import Reinforce
public import Terminal

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
        writer.object { writer in
            writer.field("tenant_id", rollout.key.tenant.string)
            writer.field("thread_id", rollout.key.thread.string)
            writer.field("example_id", example.id.string)
            writer.key("prompt")
            writer.value(prompt)
            writer.key("completion")
            writer.value(completion)
            writer.field("reward", optional: rollout.reward)
            writer.field("exclusion", optional: rollout.exclusion?.rawValue)
            writer.array("rewards", rollout.rewards) { write($1, to: &$0) }
        }
        return writer.bytes
    }

    private func write(_ value: RewardValue, to writer: inout JSONWriter) {
        let answer = answers[value.name]
        writer.object { writer in
            writer.field("name", value.name.string)
            writer.field("value", optional: value.value)
            writer.field("weight", value.weight)
            writer.field("status", value.status.rawValue)
            writer.field("evaluator", optional: answer?.evaluator.string)
            writer.field("duration_ms", optional: answer.map { Int(clamping: $0.duration) })
            writer.field("explanation", optional: answer?.explanation?.string)
        }
    }
}
