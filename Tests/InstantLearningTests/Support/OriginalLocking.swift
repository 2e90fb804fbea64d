import InstantLearning
import Synchronization

/// How the original handles its lock and its counters, in small: what is learnt is given up where somebody reads, and the
/// pending counter is a number of its own. The tests of those faults must fail on it.
final class OriginalLocking: Sendable {
    private struct Weights {
        var gradient: Float = 0
        var count = 0
    }

    private let weights = Mutex(Weights())
    private let pending = Atomic(0)

    /// `on_trajectory`: accumulates only where the lock is free.
    func record(_ value: Float) {
        _ = weights.withLockIfAvailable {
            $0.gradient += value
            $0.count += 1
        }
        pending.wrappingAdd(1, ordering: .relaxed)
    }

    /// A reader holds the lock while it reads.
    func read(_ body: () -> Void) { weights.withLock { _ in body() } }

    /// Resets the weights; the counter beside them stays as it is.
    func reset() { weights.withLock { $0 = Weights() } }

    var accumulated: Int { weights.withLock { $0.count } }
    var pendingCount: Int { pending.load(ordering: .relaxed) }
}
