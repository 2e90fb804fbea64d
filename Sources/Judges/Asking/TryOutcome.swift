/// What one try at a question came to.
enum TryOutcome: Sendable {
    /// An answer.
    case said(Verdict)
    case failed(TryFailure)
}

/// An answer as it was given.
struct Verdict: Sendable, Hashable {
    var value: Double?
    /// Of a question about several: the value of each.
    var values: Values?
    /// The judge itself says that it failed.
    var isError = false
    var explanation: String?
}

/// Why a try gave no answer.
public struct TryFailure: Error, Sendable, Hashable {
    /// What kind of failure.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// No answer in time.
        case timeout
        /// No connection, or one that was lost.
        case connection
        /// The service said 408, 429 or 5xx.
        case unavailable
        /// The service refused the request: 4xx.
        case refused
        /// The child ended.
        case ended
        /// What came is no answer.
        case garbage
    }

    /// What kind.
    public let kind: Kind
    /// What was wrong, in one line, without any of the request.
    public let message: String
    /// Milliseconds before which the service does not want to be asked again.
    public var retryAfter: Int64?
    /// It tells of the judge as a whole rather than of one question.
    let isOfJudge: Bool

    init(_ kind: Kind, _ message: String, retryAfter: Int64? = nil, isOfJudge: Bool? = nil) {
        self.kind = kind
        self.message = message
        self.retryAfter = retryAfter
        // a child that ends is started again at once: it counts where it does nothing but end
        self.isOfJudge = isOfJudge ?? (kind != .garbage && kind != .refused && kind != .ended)
    }

    /// The same with another message.
    func with(message: String) -> TryFailure {
        TryFailure(kind, message, retryAfter: retryAfter, isOfJudge: isOfJudge)
    }

    /// The same request would be refused again.
    var isFinal: Bool { kind == .refused }
}

/// Asks once. What it calls back with comes once for each call, from any thread.
protocol JudgeTransport: Sendable {
    /// Asks, and gives up after `timeout` milliseconds.
    func ask(_ request: JudgeRequest, timeout: Int64, _ done: @escaping @Sendable (TryOutcome) -> Void)
    /// Ends what runs; whatever is under way fails.
    func close()
}
