internal import Foundation

/// The producer's own thread: does one job after the other, at most one at a time.
final class TransactionWorker: @unchecked Sendable {
    private let condition = NSCondition()
    private var job: (@Sendable () -> Void)?
    private var isBusy = false
    private var isEnded = false

    init() {
        let thread = Thread { [self] in while let job = take() { job() } }
        thread.name = "kafka-transactions"
        thread.start()
    }

    /// Hands a job over; false: another one is under way. What it returns is told when the next one may come.
    func submit<R: Sendable>(_ job: @escaping @Sendable () -> R, tell: @escaping @Sendable (R) -> Void) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        guard !isBusy, !isEnded else { return false }
        isBusy = true
        self.job = { [self] in
            let result = job()
            done()
            tell(result)
        }
        condition.signal()
        return true
    }

    /// The thread ends after the job that is under way.
    func end() {
        condition.lock()
        defer { condition.unlock() }
        isEnded = true
        condition.signal()
    }

    private func done() {
        condition.lock()
        defer { condition.unlock() }
        isBusy = false
    }

    private func take() -> (@Sendable () -> Void)? {
        condition.lock()
        defer { condition.unlock() }
        while job == nil {
            if isEnded { return nil }
            condition.wait()
        }
        let taken = job
        job = nil
        return taken
    }
}
