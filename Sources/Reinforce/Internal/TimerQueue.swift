/// When each of many slots must be looked at, at most one time for each: a binary heap that knows where each slot stands,
/// so that a time can be changed or taken back.
struct TimerQueue {
    private var heap: [(time: Int64, slot: Int32)] = []
    /// By slot: its index in the heap, plus one; 0: it has no time.
    private var places: [Int32] = []

    /// Slots that have a time.
    var count: Int { heap.count }
    /// The least time of all.
    var earliest: Int64? { heap.first?.time }

    /// The time of a slot.
    subscript(slot: Int) -> Int64? {
        guard slot < places.count, places[slot] != 0 else { return nil }
        return heap[Int(places[slot]) - 1].time
    }

    /// Gives a slot a time, in place of the one it had.
    mutating func set(_ slot: Int, at time: Int64) {
        while places.count <= slot { places.append(0) }
        guard places[slot] != 0 else {
            heap.append((time, Int32(truncatingIfNeeded: slot)))
            places[slot] = Int32(truncatingIfNeeded: heap.count)
            rise(heap.count - 1)
            return
        }
        let index = Int(places[slot]) - 1
        let earlier = time < heap[index].time
        heap[index].time = time
        if earlier { rise(index) } else { sink(index) }
    }

    /// Takes a slot's time back.
    mutating func remove(_ slot: Int) {
        guard slot < places.count, places[slot] != 0 else { return }
        remove(at: Int(places[slot]) - 1)
    }

    /// Takes out the slot of the least time, if that has come.
    mutating func next(at now: Int64) -> Int? {
        guard let first = heap.first, first.time <= now else { return nil }
        remove(at: 0)
        return Int(first.slot)
    }

    mutating func removeAll() {
        heap = []
        places = []
    }

    private mutating func remove(at index: Int) {
        places[Int(heap[index].slot)] = 0
        let last = heap.removeLast()
        guard index < heap.count else { return }
        heap[index] = last
        places[Int(last.slot)] = Int32(truncatingIfNeeded: index + 1)
        rise(index)
        sink(index)
    }

    private mutating func rise(_ index: Int) {
        var child = index
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].time < heap[parent].time else { return }
            swap(child, parent)
            child = parent
        }
    }

    private mutating func sink(_ index: Int) {
        var parent = index
        while true {
            let left = 2 * parent + 1
            guard left < heap.count else { return }
            let right = left + 1
            let least = right < heap.count && heap[right].time < heap[left].time ? right : left
            guard heap[least].time < heap[parent].time else { return }
            swap(parent, least)
            parent = least
        }
    }

    private mutating func swap(_ a: Int, _ b: Int) {
        heap.swapAt(a, b)
        places[Int(heap[a].slot)] = Int32(truncatingIfNeeded: a + 1)
        places[Int(heap[b].slot)] = Int32(truncatingIfNeeded: b + 1)
    }
}
