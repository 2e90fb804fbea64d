internal import Dispatch

/// The calls of one instance, on a thread of their own, so that one that never comes back can be left behind: where the group's
/// coordinator is away, `send_offsets_to_transaction` waits for ever, whatever time-out it was given (librdkafka's issue 5456).
final class BoundedCalls: Sendable {
    private let queue = DispatchQueue(label: "kafka-transaction-calls")

    /// Waits for what a call returns.
    ///
    /// - Returns: nil: it did not come back in time, and the instance is of no use any more.
    func make<R: Sendable>(within milliseconds: Int, _ call: @escaping @Sendable () -> R) -> R? {
        let answer = Pending<R>()
        queue.async { answer.end(.success(call())) }
        return try? answer.wait(milliseconds: milliseconds)?.get()
    }
}
