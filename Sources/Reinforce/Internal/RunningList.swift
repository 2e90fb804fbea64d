/// Values by key, in order, where keys mostly come in ascending order and leave from anywhere: the least is at hand, and
/// nothing that stays is moved.
struct RunningList<Key: Comparable, Value> {
    private var entries: [(key: Key, value: Value?)] = []
    /// Everything before it is gone.
    private var head = 0
    private(set) var count = 0

    /// The least key and its value.
    var first: (key: Key, value: Value)? {
        guard head < entries.count, let value = entries[head].value else { return nil }
        return (entries[head].key, value)
    }

    /// All of them, the least first.
    var all: some Sequence<(key: Key, value: Value)> {
        entries[head...].lazy.compactMap { entry in entry.value.map { (entry.key, $0) } }
    }

    /// The value of a key that is there; setting it changes nothing of the order.
    subscript(key: Key) -> Value? {
        get {
            let at = place(key)
            return at < entries.count && entries[at].key == key ? entries[at].value : nil
        }
        set {
            let at = place(key)
            guard at < entries.count, entries[at].key == key, entries[at].value != nil else { return }
            if let newValue { entries[at].value = newValue } else { remove(at: at) }
        }
    }

    /// Puts a value in; one that has its key already goes.
    mutating func insert(_ key: Key, _ value: Value) {
        guard let last = entries.last, last.key >= key else {
            entries.append(sparing: (key, value))
            count += 1
            return
        }
        let at = place(key)
        if entries[at].key == key {
            if entries[at].value == nil { count += 1 }
            entries[at].value = value
        } else {
            entries.insert((key, value), at: at)
            count += 1
        }
        head = min(head, at)
    }

    mutating func remove(_ key: Key) { self[key] = nil }

    private mutating func remove(at index: Int) {
        entries[index].value = nil
        count -= 1
        while head < entries.count, entries[head].value == nil { head += 1 }
        guard entries.count > 2 * count + 64 else { return }
        entries.removeAll { $0.value == nil }
        head = 0
    }

    /// The first index whose key is not below `key`.
    private func place(_ key: Key) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
