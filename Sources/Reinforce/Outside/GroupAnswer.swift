public import JSON

/// What a source outside the trace has said of a whole group at once: a value for each rollout.
public struct GroupAnswer: Sendable, Hashable {
    /// By thread; nil: the source has none for it. Threads that are not named have none.
    public var values: [Text: Double?]
    /// How it came to be as a whole, who said so, when, and why; without a value of its own.
    public var whole: RewardAnswer

    /// An answer.
    public init(values: [Text: Double?], _ whole: RewardAnswer) {
        self.values = values
        self.whole = whole
    }

    /// What it says of one rollout.
    func answer(_ thread: Text) -> RewardAnswer {
        var answer = whole
        answer.value = values[thread] ?? nil
        if answer.status == .ok, answer.value == nil { answer.status = .none }
        return answer
    }
}
