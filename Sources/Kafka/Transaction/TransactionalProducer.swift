internal import Dispatch
internal import Foundation
internal import Synchronization

/// Writes transactions, one at a time. Its calls block: never on a cooperative thread.
///
/// ```swift
/// let producer = try TransactionalProducer(configuration, transactionalID: "app-1")
/// try producer.initialize()  // before the group is joined
/// let member = consumer.member
/// let outcome = try producer.run(Transaction(records) { _ in offsets }) { () throws(KafkaError) in
///     try member.metadata()
/// } isCommitted: { () throws(KafkaError) in
///     try member.committed(partitions).allSatisfy { $0.metadata == ours }
/// }
/// ```
@safe
public final class TransactionalProducer: @unchecked Sendable {
    /// Asked before a transaction and again just before its offsets are sent: who we are in the group; nil: nobody.
    public typealias Membership = () throws(KafkaError) -> GroupMetadata?
    /// Asked where the answer to a commit was lost and a new instance has waited for its fate: whether the group's
    /// committed offsets are this transaction's; nil: others have committed since, so it is not for us to say.
    public typealias Settlement = () throws(KafkaError) -> Bool?

    /// Held by whoever uses the engine.
    private let lock = NSLock()
    private let engine: TransactionEngine
    private let worker = TransactionWorker()
    private let published = Mutex((counts: TransactionCounts(), isUnsure: false))

    /// - Parameters:
    ///   - configuration: where the brokers are; `transaction.timeout.ms` is 15,000 unless it says otherwise.
    ///   - transactionalID: this process's own name, the same after a restart. Who uses it later fences who did before.
    ///   - fence: what is done about offsets of its transactions that come too late; nil: it commits none.
    ///   - now: milliseconds of a clock that only goes forward.
    ///   - onLog: gets librdkafka's own lines.
    public init(
        _ configuration: ClientConfiguration,
        transactionalID: String,
        fence: OffsetFence? = nil,
        now: @escaping @Sendable () -> Int64 = TransactionalProducer.monotonicMilliseconds,
        onLog: (@Sendable (LogLine) -> Void)? = nil
    ) throws(KafkaError) {
        var configuration = configuration
        configuration[.transactionalID] = transactionalID
        var limits = TransactionState.Limits()
        if let timeout = configuration[.transactionTimeout] {
            limits.transaction = Int64(timeout)
        } else {
            configuration[.transactionTimeout] = Int(limits.transaction)
        }
        engine = try TransactionEngine(configuration, limits, fence, now: now, onLog: onLog)
    }

    deinit {
        worker.end()
        engine.close()
    }

    /// The machine's clock since it was started.
    public static func monotonicMilliseconds() -> Int64 {
        Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000)
    }

    /// Waits until what an earlier life of this transactional id has left open is committed or aborted; a minute at most.
    ///
    /// To be called before the group is joined: only then the committed offsets are the last ones.
    ///
    /// - Throws: ``KafkaError`` when that takes longer, or is not allowed.
    public func initialize() throws(KafkaError) {
        lock.lock()
        defer { lock.unlock() }
        _ = try engine.drive(engine.state.prepare(at: engine.now()), nil)
    }

    /// Writes the records and commits the offsets, or leaves no trace.
    ///
    /// - Parameters:
    ///   - transaction: what becomes visible together.
    ///   - group: nil: the transaction commits no offsets.
    ///   - isCommitted: settles a commit whose answer was lost.
    /// - Throws: ``KafkaError`` only when going on with this producer is of no use.
    public func run(
        _ transaction: Transaction,
        group: Membership?,
        isCommitted: @escaping Settlement
    ) throws(KafkaError) -> TransactionOutcome {
        lock.lock()
        defer { lock.unlock() }
        return try perform(TransactionJob(transaction, group, isCommitted))
    }

    /// The same on the producer's own thread, while the caller goes on; one at a time.
    ///
    /// A rebalance handler must wait for the outcome before it returns: nothing may change hands meanwhile.
    ///
    /// - Throws: ``KafkaError`` when one is under way already, or the producer is closed.
    public func submit(
        _ transaction: Transaction,
        group: (@Sendable () throws(KafkaError) -> GroupMetadata?)?,
        isCommitted: @escaping @Sendable () throws(KafkaError) -> Bool?
    ) throws(KafkaError) -> TransactionTicket {
        try onWorker { producer throws(KafkaError) in
            try producer.perform(TransactionJob(transaction, group, isCommitted))
        }
    }

    /// A new instance on the producer's own thread, as the next transaction makes one where ``isUnsure``; it ends with an
    /// empty transaction.
    ///
    /// - Throws: ``KafkaError`` when one is under way, or the producer is closed.
    public func renew() throws(KafkaError) -> TransactionTicket {
        try onWorker { producer throws(KafkaError) in
            producer.engine.state.mustRecycle = true
            return try producer.perform(TransactionJob(Transaction([]), nil) { () throws(KafkaError) in false })
        }
    }

    private func onWorker(
        _ work: @escaping @Sendable (TransactionalProducer) throws(KafkaError) -> TransactionOutcome
    ) throws(KafkaError) -> TransactionTicket {
        let ticket = TransactionTicket()
        let isTaken = worker.submit { [self] () -> Result<TransactionOutcome, KafkaError> in
            lock.lock()
            defer { lock.unlock() }
            do throws(KafkaError) {
                return .success(try work(self))
            } catch {
                return .failure(error)
            }
        } tell: {
            ticket.end($0)
        }
        guard isTaken else {
            throw KafkaError(state: "another one is under way, or the producer is closed", "run a transaction")
        }
        return ticket
    }

    private func perform(_ job: TransactionJob) throws(KafkaError) -> TransactionOutcome {
        engine.notice()
        let reports = job.transaction.records.contains { $0.reportsOffset }
        defer { publish() }
        guard let outcome = try engine.drive(engine.state.start(reports: reports, at: engine.now()), job) else {
            throw KafkaError(state: "it ended without an outcome", "run a transaction")
        }
        return outcome
    }
    private func publish() {
        let state = engine.state
        published.withLock { $0 = (state.counts, state.mustRecycle) }
    }

    /// What has happened, up to the last transaction that is over.
    public var counts: TransactionCounts { published.withLock { $0.counts } }

    /// The fate of an earlier request is not sure, and no transaction has followed yet: what it has left may be in others' way.
    public var isUnsure: Bool { published.withLock { $0.isUnsure } || engine.watch.isUnsure }

    /// Takes no further step: the transaction under way ends with an error as soon as its present call returns, and its
    /// fate is found out by whoever initializes the transactional id next.
    public func abandon() { engine.isAbandoned.store(true, ordering: .relaxed) }

    /// Ends the producer, after the transaction that is under way; one that does not end in time is left to the process's
    /// end and the broker's timeout.
    ///
    /// - Returns: whether it has ended.
    @discardableResult
    public func close(milliseconds: Int = 10_000) -> Bool {
        worker.end()
        guard lock.lock(before: Date(timeIntervalSinceNow: Double(milliseconds) / 1000)) else { return false }
        defer { lock.unlock() }
        engine.end()
        return true
    }
}
