internal import Foundation
internal import Synchronization

/// Writes records and then commits the offsets they are derived from, without a transaction: at least once. What stands
/// between a write and its commit when the process ends is written again. Its calls block: never on a cooperative thread.
@safe
public final class PlainCommitter: @unchecked Sendable {
    /// Held by whoever uses the producer.
    private let lock = NSLock()
    private let configuration: ClientConfiguration
    private let onLog: (@Sendable (LogLine) -> Void)?
    private var producer: Producer
    private let tally = Mutex(TransactionCounts())
    /// Milliseconds that records may take to be written.
    private static let patience: Int32 = 30_000

    /// - Parameters:
    ///   - configuration: where the brokers are.
    ///   - onLog: gets librdkafka's own lines.
    public init(_ configuration: ClientConfiguration, onLog: (@Sendable (LogLine) -> Void)? = nil) throws(KafkaError) {
        var configuration = configuration
        // its reports come before a flush gives up
        if configuration[property: "delivery.timeout.ms"] == nil {
            configuration[property: "delivery.timeout.ms"] = String(Self.patience - 5000)
        }
        self.configuration = configuration
        self.onLog = onLog
        producer = try Producer(configuration, onLog: onLog)
    }

    /// Writes the records, waits until all of them are there, then commits the offsets.
    ///
    /// - Parameters:
    ///   - transaction: what belongs together; where it is not committed, some of its records may be there all the same.
    ///   - member: who commits; nil: there is nothing to commit.
    /// - Throws: ``KafkaError`` only when going on is of no use.
    public func run(_ transaction: Transaction, _ member: GroupMember?) throws(KafkaError) -> TransactionOutcome {
        lock.lock()
        defer { lock.unlock() }
        let outcome = try write(transaction, member)
        tally.withLock { counts in
            switch outcome {
            case .committed: counts.commits += 1
            case .notMember: counts.notMember += 1
            case .aborted(let error, _): counts.aborts[error.name, default: 0] += 1
            }
        }
        return outcome
    }

    private func write(_ transaction: Transaction, _ member: GroupMember?) throws(KafkaError) -> TransactionOutcome {
        // librdkafka hands out a generation of −1 after a lost assignment, which a coordinator takes without any fence
        if let member, try member.metadata() == nil { return .notMember }
        if producer.fatalError != nil {
            producer = try Producer(configuration, onLog: onLog)
            tally.withLock { $0.rebuilt += 1 }
        }
        let job = TransactionJob(transaction, nil) { () throws(KafkaError) in nil }
        for (index, record) in transaction.records.enumerated() {
            let report = job.report(of: index)
            do throws(KafkaError) {
                try producer.enqueue(record) { report.done($0) }
            } catch {
                return .aborted(error, record: index)
            }
        }
        do throws(KafkaError) {
            try producer.flush(milliseconds: Self.patience)
        } catch {
            return .aborted(error, record: nil)
        }
        if let failure = job.undelivered {
            if failure.error.isNotAllowed { throw failure.error }
            return .aborted(failure.error, record: failure.record)
        }
        // whoever commits no offsets may want to know where the records stand all the same
        let offsets = job.offsets()
        guard let member else { return .committed }
        do throws(KafkaError) {
            try member.commit(offsets)
            return .committed
        } catch {
            if error.isFatal || error.isNotAllowed || error.isFence { throw error }
            if error.isOfGroup { return .notMember }
            return .aborted(error, record: nil)
        }
    }

    /// What has happened so far.
    public var counts: TransactionCounts { tally.withLock { $0 } }

    /// Ends the producer; what was not waited for is not written.
    public func close() {
        lock.lock()
        defer { lock.unlock() }
        try? producer.close(milliseconds: 1000)
    }
}
