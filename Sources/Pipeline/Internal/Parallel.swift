import Dispatch
import Synchronization

/// Runs `body` for every index below `count` on at most `threads` threads; the calling one alone for one.
func inParallel(_ count: Int, threads: Int, _ body: @escaping @Sendable (Int) -> Void) {
    guard threads > 1, count > 1 else {
        for index in 0..<count { body(index) }
        return
    }
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            body(index)
        }
    }
}

/// Lets threads that never touch the same element work on one array of objects.
struct Unshared<Value>: @unchecked Sendable {
    nonisolated(unsafe) let value: Value

    init(_ value: Value) { unsafe self.value = value }
}
