/// Keys by the time at which they must be looked at: a binary heap. An entry that was overtaken stays until its time comes,
/// and whoever takes it out passes it over.
struct WakeQueue<Key> {
    private var heap: [(time: Int64, key: Key)] = []

    /// Entries, those that were overtaken included.
    var count: Int { heap.count }
    /// The time of the next entry.
    var earliest: Int64? { heap.first?.time }

    mutating func insert(_ key: Key, at time: Int64) {
        heap.append((time, key))
        rise(heap.count - 1)
    }

    /// Takes out the next entry whose time has come.
    mutating func next(at now: Int64) -> (time: Int64, key: Key)? {
        guard let first = heap.first, first.time <= now else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first }
        heap[0] = last
        sink(0)
        return first
    }

    /// Drops entries that were overtaken.
    mutating func keep(where isCurrent: (Int64, Key) -> Bool) {
        heap.removeAll { !isCurrent($0.time, $0.key) }
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(index) }
    }

    private mutating func rise(_ index: Int) {
        var child = index
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].time < heap[parent].time else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func sink(_ index: Int) {
        var parent = index
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].time < heap[least].time { least = child }
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
