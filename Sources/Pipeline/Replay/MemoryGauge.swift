import Synchronization

/// Adds up what several partitions hold, while they work side by side.
final class MemoryGauge: Sendable {
    private let held = Atomic(0)
    let limit: Int

    /// - Parameter limit: bytes above which it is too much.
    init(limit: Int) { self.limit = limit }

    func add(_ bytes: Int) { held.wrappingAdd(bytes, ordering: .relaxed) }

    var isOver: Bool { held.load(ordering: .relaxed) > limit }
}
