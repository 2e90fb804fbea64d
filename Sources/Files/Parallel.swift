import Dispatch
import Synchronization

/// Runs `body` for every index below `count` on at most `threads` threads; the calling one alone for one.
package func inParallel(_ count: Int, threads: Int, _ body: @escaping @Sendable (Int) -> Void) {
    StartedWork(count, threads: threads, body).finish()
}

/// Work that other threads have begun. Who began it may do something else meanwhile, and takes part once that is done.
package final class StartedWork: Sendable {
    private let count: Int
    private let body: @Sendable (Int) -> Void
    private let next = Atomic(0)
    private let done = Atomic(0)
    private let isDone = DispatchSemaphore(value: 0)

    /// Runs `body` for every index below `count` on at most `threads` threads, the calling one included: that one not
    /// before ``finish()``.
    package init(_ count: Int, threads: Int, _ body: @escaping @Sendable (Int) -> Void) {
        self.count = count
        self.body = body
        for _ in 0..<max(0, min(threads - 1, count)) { DispatchQueue.global().async { self.takePart() } }
    }

    /// Takes part until nothing is left, and waits for what others have begun. To be called once.
    package func finish() {
        takePart()
        if count > 0 { isDone.wait() }
    }

    private func takePart() {
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            body(index)
            if done.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue == count { isDone.signal() }
        }
    }
}

/// Lets threads that never touch the same element work on one array of objects.
package struct Unshared<Value>: @unchecked Sendable {
    package nonisolated(unsafe) let value: Value

    package init(_ value: Value) { unsafe self.value = value }
}
