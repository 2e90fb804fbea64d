/// A transaction under way on the producer's thread.
public final class TransactionTicket: Sendable {
    private let pending = Pending<TransactionOutcome>()

    init() {}

    /// What has become of it; nil: under way.
    public var outcome: Result<TransactionOutcome, KafkaError>? { pending.now }

    /// Waits for its end, at most so long; nil: still under way. Blocks: never on a cooperative thread.
    public func wait(milliseconds: Int) -> Result<TransactionOutcome, KafkaError>? {
        pending.wait(milliseconds: milliseconds)
    }

    func end(_ result: Result<TransactionOutcome, KafkaError>) { pending.end(result) }
}
