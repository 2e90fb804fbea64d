import Foundation

/// Threads for tests that wait for brokers and processes. The pool that tests run on has one thread a core: on two cores,
/// two tests that sleep would hold up all others.
public final class WaitingThreads: TaskExecutor {
    /// The threads of this process: as many waiting tests run side by side, and no more, since each has a broker of its own.
    public static let shared = WaitingThreads(8)

    private let queue = OperationQueue()

    private init(_ count: Int) {
        queue.name = "waiting tests"
        queue.maxConcurrentOperationCount = count
        queue.qualityOfService = .userInitiated
    }

    /// Runs the job on one of the threads.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.addOperation { [self] in unsafe job.runSynchronously(on: unsafe asUnownedTaskExecutor()) }
    }
}
