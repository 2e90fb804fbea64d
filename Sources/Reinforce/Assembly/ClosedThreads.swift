import JSON

/// What a closed thread leaves behind in a replay, so that its late messages are known for what they are.
struct ClosedThread {
    let key: ThreadKey
    /// The message ids that occurred.
    var ids: KnownIDs
    var duplicates = 0
    var late = 0
}

/// The threads that are over (replay), found by the hash that open threads are found by.
struct ClosedThreads {
    private var table = ThreadTable()
    private(set) var all: [ClosedThread] = []

    /// Notes a thread that was not there.
    mutating func insert(_ thread: ClosedThread, hash: UInt64) {
        table.insert(hash, slot: all.count)
        all.append(thread)
    }

    /// Where a thread stands in ``all``.
    func find(_ hash: UInt64, _ tenant: RawSpan, _ thread: RawSpan) -> Int? {
        table.find(hash) { slot in
            let key = all[slot].key
            return key.thread.withBytes { $0.hasSameBytes(as: thread) }
                && key.tenant.withBytes { $0.hasSameBytes(as: tenant) }
        }
    }

    /// Counts a message of a thread that stands at `slot`; whether its id occurred before.
    mutating func note(_ id: MessageID, at slot: Int, isAuxiliary: Bool) -> Bool {
        let isKnown = !all[slot].ids.insert(id)
        if isKnown { all[slot].duplicates += 1 } else if !isAuxiliary { all[slot].late += 1 }
        return isKnown
    }

    mutating func removeAll() {
        all.removeAll(keepingCapacity: true)
        table = ThreadTable()
    }
}
