/// Where an open entry stands among all of a checkpoint's: by the least offset that a restart reads for it, then by the
/// message that opened its thread.
struct OpenPlace: Hashable, Comparable {
    let low: Int64
    let first: RestorePlan.First

    init(_ entry: OpenEntry) {
        low = entry.low
        first = entry.first
    }

    static func < (a: OpenPlace, b: OpenPlace) -> Bool { (a.low, a.first) < (b.low, b.first) }
}

/// What is kept of an open entry to find it again.
struct OpenHold {
    /// The slot of its thread; −1: the thread is over, and its output not committed.
    var slot: Int32
    /// Check sum of its thread's key, for the anchor.
    let keySum: UInt32?
}

/// What a checkpoint says of the threads of a partition: in order, and how it has changed (live).
struct OpenList {
    private var places = RunningList<OpenPlace, OpenHold>()
    private(set) var changes = OpenChanges()
    /// Counts changes.
    private(set) var version: UInt64 = 0

    var count: Int { places.count }
    /// The least offset that a restart would read for any of them, and the check sum of that thread's key.
    var lowest: (low: Int64, keySum: UInt32?)? { places.first.map { ($0.key.low, $0.value.keySum) } }
    /// Slots of threads that are not over, by the least offset that a restart reads for each.
    var slots: some Sequence<Int> { places.all.lazy.filter { $0.value.slot >= 0 }.map { Int($0.value.slot) } }

    /// A thread has opened.
    mutating func open(_ entry: OpenEntry, slot: Int) {
        places.insert(OpenPlace(entry), OpenHold(slot: Int32(truncatingIfNeeded: slot), keySum: entry.keySum))
        changes.open(entry)
        version &+= 1
    }

    /// A thread is over; its entry says so from now on.
    mutating func end(_ entry: OpenEntry) {
        places[OpenPlace(entry)]?.slot = -1
        changes.change(entry)
        version &+= 1
    }

    /// An open thread's entry says something else.
    mutating func change(_ old: OpenEntry, to new: OpenEntry, slot: Int) {
        let place = OpenPlace(new)
        if OpenPlace(old) != place { places.remove(OpenPlace(old)) }
        places.insert(place, OpenHold(slot: Int32(truncatingIfNeeded: slot), keySum: new.keySum))
        changes.change(new)
        version &+= 1
    }

    /// It is finished business.
    mutating func close(_ entry: OpenEntry) {
        places.remove(OpenPlace(entry))
        changes.close(entry.first)
        version &+= 1
    }

    /// Hands over what has changed since this was asked last.
    mutating func takeChanges() -> OpenChanges {
        defer { changes = OpenChanges() }
        return changes
    }
}
