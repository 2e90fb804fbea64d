import Pipeline
import Synchronization

/// Time that passes as fast as it is asked for, so that deadlines of minutes fire in moments.
final class FastClock: LiveClock {
    private let now = Atomic<Int64>(1)
    private let isHeld = Atomic(false)
    private let step: Int64
    private let wall: Int64

    init(step: Int64 = 1, wall: Int64 = .max / 2) {
        self.step = step
        self.wall = wall
    }

    /// While it is held no time passes.
    func hold(_ isHeld: Bool) { self.isHeld.store(isHeld, ordering: .relaxed) }

    var milliseconds: Int64 {
        now.wrappingAdd(isHeld.load(ordering: .relaxed) ? 0 : step, ordering: .relaxed).newValue
    }
    var wallMilliseconds: Int64 { wall }
}
