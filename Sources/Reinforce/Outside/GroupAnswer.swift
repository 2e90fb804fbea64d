public import JSON

/// What a source outside the trace has said of a whole group at once: a value for each rollout.
public struct GroupAnswer: Sendable, Hashable {
    /// By thread; nil: the source has none for it. Threads that are not named have none.
    public var values: [Text: Double?]
    /// How it came to be, as a whole.
    public var status: RewardValue.Status
    /// Who said so.
    public var evaluator: Text
    /// Which version of it.
    public var version: Int64
    /// How long it took, milliseconds.
    public var duration: Int64
    /// Why, in the words of whoever was asked.
    public var explanation: Text?
    /// When it was said, microseconds since 1970.
    public var at: Int64

    /// An answer.
    public init(
        values: [Text: Double?],
        status: RewardValue.Status,
        evaluator: Text = "",
        version: Int64 = 1,
        duration: Int64 = 0,
        explanation: Text? = nil,
        at: Int64 = 0
    ) {
        self.values = values
        self.status = status
        self.evaluator = evaluator
        self.version = version
        self.duration = duration
        self.explanation = explanation
        self.at = at
    }

    /// What it says of one rollout.
    func answer(_ thread: Text) -> RewardAnswer {
        let value = values[thread] ?? nil
        return RewardAnswer(
            value: value,
            status: status == .ok && value == nil ? RewardValue.Status.none : status,
            evaluator: evaluator,
            version: version,
            duration: duration,
            explanation: explanation,
            at: at
        )
    }
}
