internal import CRdkafka
internal import Foundation
internal import Synchronization

/// Writes transactions. One at a time; its calls block, so never on a cooperative thread.
@safe
public final class TransactionalProducer: @unchecked Sendable {
    /// Asked just before offsets are sent: who we are in the group; nil: nobody.
    public typealias Membership = () throws(KafkaError) -> GroupMetadata?
    /// Asked where the answer to a commit was lost: whether this transaction's offsets are the group's committed ones;
    /// nil: others have committed since.
    public typealias Settlement = () throws(KafkaError) -> Bool?

    /// - Parameters:
    ///   - configuration: where the brokers are; `transaction.timeout.ms` is 15,000 unless it says otherwise.
    ///   - transactionalID: this process's own name, the same after a restart. Who uses it later fences who did before.
    ///   - onLog: gets librdkafka's own lines.
    public init(
        _ configuration: ClientConfiguration,
        transactionalID: String,
        onLog: (@Sendable (LogLine) -> Void)? = nil
    ) throws(KafkaError) {
        throw KafkaError(configuration: "under construction", "make a transactional producer")
    }

    /// Ends what an earlier life of this transactional id has left open, commits or aborts it; for at most a minute.
    ///
    /// To be called before the group is joined: only then the committed offsets are the last ones.
    public func initialize() throws(KafkaError) {}

    /// Writes the records and commits the offsets, or leaves no trace.
    ///
    /// - Parameters:
    ///   - transaction: what becomes visible.
    ///   - group: nil: the transaction commits no offsets.
    ///   - isCommitted: settles a commit whose answer was lost.
    /// - Throws: ``KafkaError`` only when going on is of no use.
    public func run(_ transaction: Transaction, group: Membership?, isCommitted: Settlement) throws(KafkaError)
        -> TransactionOutcome
    { .notMember }

    /// The same on the producer's own thread, while the caller goes on. One at a time.
    ///
    /// A rebalance handler must wait for the outcome before it returns: nothing may change hands meanwhile.
    public func submit(
        _ transaction: Transaction,
        group: (@Sendable () throws(KafkaError) -> GroupMetadata?)?,
        isCommitted: @escaping @Sendable () throws(KafkaError) -> Bool?
    ) throws(KafkaError) -> TransactionTicket { TransactionTicket() }

    /// What has happened so far.
    public var counts: TransactionCounts { TransactionCounts() }

    /// Ends the producer. What is open is aborted by whoever uses the transactional id next, or by its timeout.
    public func close() {}
}
