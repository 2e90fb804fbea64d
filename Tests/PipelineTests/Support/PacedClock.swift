import Pipeline
import Synchronization

/// A clock that hardly moves until it is told to: what passes while a broker stands still must close nothing.
final class PacedClock: LiveClock {
    private let now = Atomic<Int64>(1)
    private let step = Atomic<Int64>(1)

    var milliseconds: Int64 {
        now.wrappingAdd(step.load(ordering: .relaxed), ordering: .relaxed).newValue
    }
    var wallMilliseconds: Int64 { .max / 2 }
    func hurry() { step.store(50, ordering: .relaxed) }
}
