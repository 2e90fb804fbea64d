internal import Synchronization

/// One who is asked what rollouts are worth: tries again where a try fails, holds questions back while nobody answers, and
/// gives every question exactly one answer. Nobody waits for it: answers come on other threads.
public final class Judge: Sendable {
    /// Something that somebody should hear of.
    public enum Event: Sendable, Hashable {
        /// A try failed.
        case failed(TryFailure)
        /// So many tries in a row failed that nobody asks for a while.
        case down(TryFailure)
        /// It answers again.
        case back
        /// A child has said something on its standard error.
        case said(String)
        /// An answer came to no question: it came twice, or too late.
        case stray
    }

    private final class Question: Sendable {
        let request: JudgeRequest
        let since: Int64
        let done: @Sendable (JudgeAnswer) -> Void
        let state = Mutex<(failures: Int, last: TryFailure?, isOver: Bool)>((0, nil, false))

        init(_ request: JudgeRequest, since: Int64, _ done: @escaping @Sendable (JudgeAnswer) -> Void) {
            self.request = request
            self.since = since
            self.done = done
        }
    }

    private struct State {
        var breaker = CircuitBreaker()
        var waiting: [Question] = []
        var isWoken = false
        var isClosed = false
    }

    private let transport: any JudgeTransport
    private let policy: RetryPolicy
    private let time: any JudgeTime
    private let onEvent: @Sendable (Event) -> Void
    private let state = Mutex(State())

    init(
        _ transport: any JudgeTransport,
        _ policy: RetryPolicy,
        _ time: any JudgeTime,
        onEvent: @escaping @Sendable (Event) -> Void
    ) {
        self.transport = transport
        self.policy = policy
        self.time = time
        self.onEvent = onEvent
    }

    /// Asks; `done` is called once, from any thread.
    public func ask(_ request: JudgeRequest, _ done: @escaping @Sendable (JudgeAnswer) -> Void) {
        begin(Question(request, since: time.now, done))
    }

    /// Questions that are held back, since nobody answers at the moment.
    public var waiting: Int { state.withLock { $0.waiting.count } }

    /// Ends what runs; questions that are under way are answered as errors.
    public func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for question in waiting { finish(question, .error, "not asked any more: the program ends") }
        transport.close()
    }

    private func begin(_ question: Question) {
        let now = time.now
        let (isOver, last) = question.state.withLock { ($0.isOver, $0.last) }
        guard !isOver else { return }
        guard now - question.since < policy.patience else {
            return finish(question, .timeout, last?.message ?? "no answer within \(policy.patience) ms")
        }
        enum Next { case go(isProbe: Bool), wait(Int64?), over }
        let next: Next = state.withLock { state in
            guard !state.isClosed else { return .over }
            switch state.breaker.admit(at: now) {
            case .go: return .go(isProbe: false)
            case .probe: return .go(isProbe: true)
            case .wait(let until):
                state.waiting.append(question)
                defer { state.isWoken = true }
                return .wait(state.isWoken ? nil : until)
            }
        }
        switch next {
        case .over: finish(question, .error, "not asked any more: the program ends")
        case .wait(let until?): time.after(until - now) { [weak self] in self?.wake() }
        case .wait(nil): break
        case .go(let isProbe):
            transport.ask(question.request, timeout: policy.timeout) { [weak self] outcome in
                self?.settle(question, outcome.checked(for: question.request), isProbe: isProbe)
            }
        }
    }

    /// Lets those who wait ask again, or wait on.
    private func wake() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            state.isWoken = false
            return state.waiting
        }
        for question in waiting { begin(question) }
    }

    private func settle(_ question: Question, _ outcome: TryOutcome, isProbe: Bool) {
        switch outcome {
        case .said(let verdict):
            if state.withLock({ $0.breaker.succeed() }) {
                onEvent(.back)
                wake()
            }
            finish(question, verdict.status, verdict.explanation, value: verdict.value, values: verdict.known)
        case .failed(let failure):
            onEvent(.failed(failure))
            let now = time.now
            if failure.isOfJudge {
                if state.withLock({ $0.breaker.fail(at: now, isProbe: isProbe) }) { onEvent(.down(failure)) }
            } else if isProbe, state.withLock({ $0.breaker.succeed() }) {
                // whatever it said, it is there
                onEvent(.back)
                wake()
            }
            // a question that only finds out whether anybody is there has not had its try
            let isOutage = isProbe && failure.isOfJudge
            let failures = question.state.withLock { state in
                if !isOutage { state.failures += 1 }
                state.last = failure
                return state.failures
            }
            guard !failure.isFinal, failures <= policy.retries else {
                return finish(question, failure.kind == .timeout ? .timeout : .error, failure.message)
            }
            let pause = policy.pause(after: max(1, failures), retryAfter: failure.retryAfter, random: time.random)
            time.after(isOutage ? 0 : pause) { [weak self] in self?.begin(question) }
        }
    }

    private func finish(
        _ question: Question,
        _ status: JudgeAnswer.Status,
        _ explanation: String?,
        value: Double? = nil,
        values: [String: Double] = [:]
    ) {
        let isFirst = question.state.withLock { state in
            defer { state.isOver = true }
            return !state.isOver
        }
        guard isFirst else { return }
        let milliseconds = max(0, time.now - question.since)
        question.done(
            JudgeAnswer(
                value: value,
                values: values,
                status: status,
                explanation: explanation,
                milliseconds: milliseconds
            )
        )
    }
}
