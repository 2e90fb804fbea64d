internal import Foundation

/// What becomes of something on another thread.
final class Pending<Value: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var result: Result<Value, KafkaError>?

    /// What has become of it; nil: under way.
    var now: Result<Value, KafkaError>? {
        condition.lock()
        defer { condition.unlock() }
        return result
    }

    /// Waits for its end, at most so long; nil: still under way. Blocks: never on a cooperative thread.
    func wait(milliseconds: Int) -> Result<Value, KafkaError>? {
        let deadline = Date(timeIntervalSinceNow: Double(milliseconds) / 1000)
        condition.lock()
        defer { condition.unlock() }
        while result == nil {
            guard condition.wait(until: deadline) else { break }
        }
        return result
    }

    /// Tells what has become of it, unless that was told before.
    func end(_ result: Result<Value, KafkaError>) {
        condition.lock()
        defer { condition.unlock() }
        guard self.result == nil else { return }
        self.result = result
        condition.broadcast()
    }
}
