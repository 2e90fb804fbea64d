internal import JSON
internal import Reinforce
internal import Terminal

extension RewardValue {
    /// Its name with its value, or why it has none.
    var inspected: String { "\(name.string) \(value.map(shortNumber) ?? status.rawValue)" }

    /// Who said it and why; nil: nobody outside the trace has.
    var sayingText: String? {
        guard let source else { return nil }
        var text = "\(printable(name.string)): "
        text += source.explanation.map { printable($0.string, limit: 400) } ?? "no explanation"
        let evaluator = source.evaluator.string.isEmpty ? "unnamed" : printable(source.evaluator.string, limit: 100)
        return text + " (\(evaluator), version \(source.version), \(source.duration) ms)"
    }
}
