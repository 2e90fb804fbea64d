internal import Reinforce

extension TrainableCalls {
    /// Its numbers with their names, as the report shows them.
    var named: [(name: String, key: String, count: Int)] {
        [
            ("calls trained", "calls_trained", calls), ("  tokens", "tokens_trained", tokens),
            ("  chats", "chats_trained", chats),
        ]
    }
}

extension ComparisonReport.Pair where Value == TrainableCalls {
    /// What differs, as in `calls 3 → 2, tokens 40 → 31`; nil where nothing does.
    var changes: String? {
        let parts = [("calls", a.calls, b.calls), ("tokens", a.tokens, b.tokens), ("chats", a.chats, b.chats)]
        let changed = parts.filter { $0.1 != $0.2 }.map { "\($0.0) \($0.1) → \($0.2)" }
        return changed.isEmpty ? nil : changed.joined(separator: ", ")
    }
}
