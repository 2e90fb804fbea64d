/// The life of a transactional producer as a pure machine: every method takes what came of a call, and says what to do.
///
/// The driver performs the action and reports back. Times are milliseconds of any clock that only goes forward.
struct TransactionState: Sendable {
    /// Where it stands between two calls.
    enum Phase: Sendable, Hashable { case new, ready, open, offsets, aborting, inDoubt, rebuilding, ended }

    /// What to do next; `after` is how long to wait before it.
    enum Action: Sendable, Hashable {
        case idle
        case initialize(after: Int64)
        case askGroup
        case begin
        case produce(after: Int64)
        case flush
        case sendOffsets(after: Int64)
        case commit(after: Int64)
        case abort(after: Int64)
        /// A new instance with the same transactional id; the old one is destroyed first.
        case replace
        case settle(after: Int64)
        case finish(TransactionOutcome)
        case fail(KafkaError)
    }

    /// The bounds, in milliseconds.
    struct Limits: Sendable {
        /// `transaction.timeout.ms`
        var transaction: Int64 = 15_000
        /// How long a start and a settlement are tried again.
        var patience: Int64 = 60_000
        /// Pause before a call is made again.
        var pause: Int64 = 100
        /// So many new instances after fatal errors…
        var rebuilds = 3
        /// …within so long.
        var rebuildWindow: Int64 = 600_000
    }

    let limits: Limits
    private(set) var phase = Phase.new
    private(set) var counts = TransactionCounts()

    /// The next transaction begins with a new instance.
    var mustRecycle = false
    /// A transaction waits to be run, once the instance is initialized.
    private var isWanted = false
    /// The transaction's records report offsets, so they are flushed before offsets are sent.
    private var reports = false
    /// What is to be told when the abort or the new instance is through.
    private var failure: TransactionOutcome?
    /// A commit's answer was lost, and why.
    private var doubt: KafkaError?
    /// When the calls that are tried again began.
    private var since: Int64 = 0
    /// When the transaction began.
    private var began: Int64 = 0
    /// When instances were rebuilt.
    private var rebuilds: [Int64] = []
    /// Why it has ended for good.
    private var end: KafkaError?
    /// What each new instance begins with; nil: nothing.
    var fence: FenceState?

    /// - Parameter fences: each new instance begins with a transaction on the group's offsets that it aborts, see ``OffsetFence``.
    init(_ limits: Limits = Limits(), fences: Bool = false) {
        self.limits = limits
        if fences { fence = FenceState() }
    }

    /// The first instance, without a transaction.
    mutating func prepare(at now: Int64) -> Action {
        if let end { return .fail(end) }
        guard phase == .new else { return .idle }
        since = now
        return .initialize(after: 0)
    }

    /// A transaction is to be run.
    mutating func start(reports: Bool, at now: Int64) -> Action {
        if let end { return .fail(end) }
        self.reports = reports
        isWanted = true
        failure = nil
        doubt = nil
        since = now
        if phase == .new { return .initialize(after: 0) }
        guard mustRecycle else { return .askGroup }
        counts.recycled += 1
        phase = .rebuilding
        return .replace
    }

    /// A new instance was made, or could not be.
    mutating func replaced(_ error: KafkaError?, at now: Int64) -> Action {
        if let error { return fail(error) }
        mustRecycle = false
        since = now
        return .initialize(after: isFencing ? limits.pause : 0)
    }

    /// `init_transactions`: waits for the fate of what the transactional id has left open.
    mutating func initialized(_ error: KafkaError?, at now: Int64) -> Action {
        if let error {
            if error.recovery == .retry, now - since < limits.patience { return .initialize(after: limits.pause) }
            // somebody else may have taken the id between our two calls, or the call did not come back
            if error.recovery == .recreateClient, phase == .rebuilding || error.code == .timedOut {
                return rebuild(error, at: now)
            }
            return fail(error)
        }
        phase = .ready
        mustRecycle = false
        if beginFence(at: now) { return .begin }
        return goOn(at: now)
    }

    /// A new instance is ready for what it was made for.
    mutating func goOn(at now: Int64) -> Action {
        phase = .ready
        if doubt != nil {
            since = now
            return .settle(after: 0)
        }
        if let failure { return finish(failure) }
        return isWanted ? .askGroup : .idle
    }

    /// Whether we are a member of the group; asked before the transaction and again before its offsets.
    mutating func asked(isMember: Bool, at now: Int64) -> Action {
        if isMember { return phase == .ready ? .begin : .sendOffsets(after: 0) }
        guard phase != .ready else { return finish(.notMember) }
        return abort(.notMember, at: now)
    }

    /// Who we are could not be found out.
    mutating func asked(_ error: KafkaError, at now: Int64) -> Action {
        guard phase != .ready else { return finish(.aborted(error, record: nil)) }
        return abort(.aborted(error, record: nil), at: now)
    }

    /// Where a lost commit answer has left the offsets: ours (true), not ours, or others have committed since (nil).
    mutating func settled(_ result: Result<Bool?, KafkaError>, at now: Int64) -> Action {
        switch result {
        case .success(true): return finish(.committed)
        case .success(false): return finish(doubt.map { .aborted($0, record: nil) } ?? .notMember)
        case .success(nil): return finish(.notMember)
        case .failure(let error):
            if error.recovery == .retry, now - since < limits.patience { return .settle(after: limits.pause) }
            return fail(error)
        }
    }
}

extension TransactionState {
    mutating func moved(to phase: Phase, began now: Int64? = nil) {
        self.phase = phase
        if let now { began = now }
    }

    /// How long the transaction has been open.
    func age(at now: Int64) -> Int64 { now - began }
    /// How long the present call has been tried.
    func trying(at now: Int64) -> Int64 { now - since }
    /// How long a commit or an abort is tried: later the coordinator itself ends the transaction.
    var endPatience: Int64 { limits.transaction * 8 / 10 }
    /// Records report their offsets.
    var needsFlush: Bool { reports }

    /// Begins to abort; the outcome is told when that is through.
    mutating func abort(_ outcome: TransactionOutcome, at now: Int64) -> Action {
        failure = outcome
        phase = .aborting
        since = now
        return .abort(after: 0)
    }

    /// The answer to the commit is not known.
    mutating func enterDoubt(_ error: KafkaError, at now: Int64) {
        if doubt == nil { counts.inDoubt += 1 }
        doubt = doubt ?? error
        phase = .inDoubt
    }

    /// The abort is through: the outcome is told.
    mutating func endOfAbort() -> Action { finish(failure ?? .notMember) }

    /// The commit's answer came after all.
    mutating func leaveDoubt() { doubt = nil }

    /// Begins to call something again and again.
    mutating func startTrying(at now: Int64) { since = now }

    /// A new instance. Unless only time ran out it counts: too many, and the transactional id must be in use elsewhere.
    mutating func rebuild(_ error: KafkaError, tell outcome: TransactionOutcome? = nil, at now: Int64) -> Action {
        if let outcome { failure = outcome }
        if error.recovery != .retry || phase == .ready {
            rebuilds.removeAll { now - $0 >= limits.rebuildWindow }
            guard rebuilds.count < limits.rebuilds else {
                return fail(
                    KafkaError(
                        code: error.code,
                        name: error.name,
                        recovery: .recreateClient,
                        message: "\(error.message); it was the \(limits.rebuilds + 1)th time within "
                            + "\(limits.rebuildWindow / 60_000) minutes"
                            + (error.code == .timedOut ? "" : ": is the transactional.id in use elsewhere?"),
                        operation: error.operation
                    )
                )
            }
            rebuilds.append(now)
        }
        counts.rebuilt += 1
        phase = .rebuilding
        return .replace
    }

    /// The transaction is over.
    mutating func finish(_ outcome: TransactionOutcome) -> Action {
        isWanted = false
        failure = nil
        doubt = nil
        phase = .ready
        switch outcome {
        case .committed: counts.commits += 1
        case .notMember: counts.notMember += 1
        case .aborted(let error, _): counts.aborts[error.name, default: 0] += 1
        }
        return .finish(outcome)
    }

    /// The producer is over.
    mutating func fail(_ error: KafkaError) -> Action {
        end = error
        phase = .ended
        return .fail(error)
    }
}
