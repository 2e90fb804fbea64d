/// What a judge is asked about.
public struct JudgeRequest: Sendable {
    /// What is told: a JSON object with at least one member, and none named `id`.
    public let body: [UInt8]
    /// The same for each try at the same question: whoever acts on it twice can tell.
    public let idempotencyKey: String
    /// Whom a value is asked for each, in order; empty: one value is asked for.
    public let members: [String]

    /// A question.
    public init(body: [UInt8], idempotencyKey: String, members: [String] = []) {
        self.body = body
        self.idempotencyKey = idempotencyKey
        self.members = members
    }

    /// The body with an id in front of its members.
    func line(id: String) -> [UInt8] {
        Array("{\"id\":\"\(id)\",".utf8) + body.dropFirst()
    }
}

/// What became of a question.
public struct JudgeAnswer: Sendable, Hashable {
    /// How it ended.
    public enum Status: String, Sendable, Hashable {
        /// There is a value.
        case ok
        /// The judge has none to give.
        case none
        /// The judge says that it failed, or no try gave an answer.
        case error
        /// No try gave an answer in time.
        case timeout
    }

    /// The value; nil: there is none.
    public let value: Double?
    /// The values of those whom one was asked for each; who is not among them has none.
    public let values: [String: Double]
    /// How it ended.
    public let status: Status
    /// Why: in the judge's words, or what was wrong with the last try.
    public let explanation: String?
    /// How long it took, milliseconds, every try and pause included.
    public let milliseconds: Int64

    /// An answer.
    public init(
        value: Double?,
        values: [String: Double] = [:],
        status: Status,
        explanation: String?,
        milliseconds: Int64
    ) {
        self.value = value
        self.values = values
        self.status = status
        self.explanation = explanation
        self.milliseconds = milliseconds
    }
}
