import DashStream
import JSON

/// Threads that are over and wait for a pairing or an example; each is still open as far as a checkpoint is concerned.
struct WaitingThreads {
    private struct Waiting {
        let trajectory: Trajectory
        let until: Int64
        let example: Text?
    }

    private var all: [RestorePlan.First: Waiting] = [:]
    private var byKey: [ThreadKey: Set<RestorePlan.First>] = [:]
    private var byExample: [Text: Set<RestorePlan.First>] = [:]
    /// When each one's time is up; entries of those that went before stay until then, or until there are too many.
    private var ends = WakeQueue<RestorePlan.First>()
    /// Time that has passed for those who wait, beyond the partition's own.
    private var passed: Int64 = 0
    /// Bytes that they hold, roughly.
    private(set) var bytes = 0

    var count: Int { all.count }
    var keys: some Sequence<ThreadKey> { byKey.keys }
    var entries: [OpenEntry] { all.values.map(\.trajectory.entry) }
    /// The thread that waits and began there.
    subscript(first: RestorePlan.First) -> Trajectory? { all[first]?.trajectory }
    /// When the oldest of them began, milliseconds.
    var oldest: Int64? { all.values.lazy.map(\.trajectory.openedAt).min() }

    /// Adds a thread that waits while the partition's time is at most `until`.
    mutating func add(_ trajectory: Trajectory, until: Int64, example: Text?) {
        let first = trajectory.entry.first
        // what has passed before it came does not count
        let until = until &+ passed
        all[first] = Waiting(trajectory: trajectory, until: until, example: example)
        bytes += trajectory.heldBytes
        byKey[trajectory.key, default: []].insert(first)
        if let example { byExample[example, default: []].insert(first) }
        ends.insert(first, at: until)
        guard ends.count > 2 * all.count + 64 else { return }
        let current = all
        ends.keep { current[$1]?.until == $0 }
    }

    /// Takes out those that wait for an example.
    mutating func take(example: Text) -> [Trajectory] { take(byExample[example] ?? []) }

    /// Takes out those of a key.
    mutating func take(key: ThreadKey) -> [Trajectory] { take(byKey[key] ?? []) }

    /// Takes out those whose time is up.
    mutating func takeExpired(at time: Int64) -> [Trajectory] {
        let now = time &+ passed
        var expired: Set<RestorePlan.First> = []
        while let end = ends.next(at: now.saturatingMinus(1)) {
            if all[end.key]?.until == end.time { expired.insert(end.key) }
        }
        return take(expired)
    }

    /// Whether anyone's time may be up.
    func isDue(at time: Int64) -> Bool { ends.earliest.map { $0 < time &+ passed } ?? false }

    /// Lets time pass for those who wait.
    mutating func pass(_ milliseconds: Int64) { if !all.isEmpty { passed &+= max(0, milliseconds) } }

    private mutating func take(_ firsts: Set<RestorePlan.First>) -> [Trajectory] {
        firsts.sorted().compactMap { first in
            guard let thread = all.removeValue(forKey: first) else { return nil }
            bytes -= thread.trajectory.heldBytes
            Self.remove(first, &byKey, thread.trajectory.key)
            if let example = thread.example { Self.remove(first, &byExample, example) }
            return thread.trajectory
        }
    }

    private static func remove<Key>(
        _ first: RestorePlan.First,
        _ index: inout [Key: Set<RestorePlan.First>],
        _ key: Key
    ) {
        index[key]?.remove(first)
        if index[key]?.isEmpty == true { index[key] = nil }
    }
}
