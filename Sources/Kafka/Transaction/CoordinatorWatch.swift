internal import Synchronization

/// Notices that the connection to the transaction coordinator had trouble: a request that was sent twice may be obeyed
/// twice, the second time in the middle of the next transaction (KAFKA-17754).
final class CoordinatorWatch: Sendable {
    /// An answer that takes longer, in milliseconds, may have been asked for twice.
    static let slow: Int64 = 1000

    private let hasTrouble = Mutex(false)

    /// librdkafka names that connection in its lines; 7 is debugging.
    func see(_ line: LogLine) {
        if line.level < 7, line.message.contains("TxnCoordinator") { hasTrouble.withLock { $0 = true } }
    }

    /// There was trouble since the instance was initialized.
    var isUnsure: Bool { hasTrouble.withLock { $0 } }

    /// A new instance.
    func reset() { hasTrouble.withLock { $0 = false } }
}
