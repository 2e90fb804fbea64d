public import JSON

/// What a source outside the trace has said of a rollout.
public struct RewardAnswer: Sendable, Hashable {
    /// The value; nil: there is none.
    public var value: Double?
    /// How it came to be.
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
        value: Double?,
        status: RewardValue.Status,
        evaluator: Text = "",
        version: Int64 = 1,
        duration: Int64 = 0,
        explanation: Text? = nil,
        at: Int64 = 0
    ) {
        self.value = value
        self.status = status
        self.evaluator = evaluator
        self.version = version
        self.duration = duration
        self.explanation = explanation
        self.at = at
    }

    /// The partition's time when the rollout was scored by it, milliseconds; nil: nobody says so.
    var decidedAt: Int64?

    /// Says the same of the rollout as another one, whoever said it and when.
    func agrees(with other: RewardAnswer) -> Bool { value == other.value && status == other.status }
}
