internal import Foundation

/// A transaction under way on the producer's thread.
public final class TransactionTicket: @unchecked Sendable {
    private let condition = NSCondition()
    private var result: Result<TransactionOutcome, KafkaError>?

    init() {}

    /// What has become of it; nil: under way.
    public var outcome: Result<TransactionOutcome, KafkaError>? {
        condition.lock()
        defer { condition.unlock() }
        return result
    }

    /// Waits for its end, at most so long; nil: still under way. Blocks: never on a cooperative thread.
    public func wait(milliseconds: Int) -> Result<TransactionOutcome, KafkaError>? {
        let deadline = Date(timeIntervalSinceNow: Double(milliseconds) / 1000)
        condition.lock()
        defer { condition.unlock() }
        while result == nil {
            guard condition.wait(until: deadline) else { break }
        }
        return result
    }

    func end(_ result: Result<TransactionOutcome, KafkaError>) {
        condition.lock()
        defer { condition.unlock() }
        self.result = result
        condition.broadcast()
    }
}
