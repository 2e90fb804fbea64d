/// Groups by the time at which they must be looked at: a binary heap. An entry that was overtaken stays and is passed over.
struct WakeQueue {
    private var heap: [(time: Int64, key: GroupKey)] = []

    mutating func insert(_ key: GroupKey, at time: Int64) {
        heap.append((time, key))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].time < heap[parent].time else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes out the next entry whose time has come.
    mutating func next(at now: Int64) -> (time: Int64, key: GroupKey)? {
        guard let first = heap.first, first.time <= now else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].time < heap[least].time { least = child }
            }
            guard least != parent else { return first }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    mutating func removeAll() { heap.removeAll() }
}
