internal import CRdkafka
internal import Foundation

/// One transaction after another by hand, for a producer with a `transactional.id` that writes more than memory holds.
/// ``TransactionalProducer`` is for everyone else.
extension Producer {
    /// Waits until what an earlier life of the transactional id left open is over, then begins a transaction.
    package func beginTransaction(milliseconds: Int = 60_000) throws(KafkaError) {
        try unsafe transaction("begin a transaction", milliseconds) { client, wait in
            unsafe rd_kafka_init_transactions(client, wait)
        }
        try unsafe transaction("begin a transaction", milliseconds) { client, _ in
            unsafe rd_kafka_begin_transaction(client)
        }
    }

    /// Makes all that was written since the beginning visible at once.
    ///
    /// - Throws: then nothing is visible, unless the answer was lost on the way (`_TIMED_OUT`).
    package func commitTransaction(milliseconds: Int = 120_000) throws(KafkaError) {
        try unsafe transaction("commit a transaction", milliseconds) { client, wait in
            unsafe rd_kafka_commit_transaction(client, wait)
        }
    }

    /// Leaves no trace of what was written since the beginning.
    package func abortTransaction(milliseconds: Int = 30_000) throws(KafkaError) {
        try unsafe transaction("abort a transaction", milliseconds) { client, wait in
            unsafe rd_kafka_abort_transaction(client, wait)
        }
    }

    /// Calls again what may be called again, for so long.
    private func transaction(
        _ operation: String,
        _ milliseconds: Int,
        _ call: (OpaquePointer, Int32) -> OpaquePointer?
    ) throws(KafkaError) {
        let deadline = Date(timeIntervalSinceNow: Double(milliseconds) / 1000)
        while true {
            guard let client = unsafe handle.client else {
                throw KafkaError(state: "it is closed", operation)
            }
            guard let error = unsafe call(client, 10_000) else { return }
            let problem = unsafe KafkaError(consuming: error, operation)
            guard problem.recovery == .retry, Date() < deadline else { throw problem }
            Thread.sleep(forTimeInterval: 0.05)
        }
    }
}
