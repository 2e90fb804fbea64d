/// The offset at which each message id of each key last occurred: a flat table that drops what is too old whenever it is
/// full. Ids are known per key: the same id of another one is another message.
struct IDOccurrences {
    private struct Entry {
        var low: UInt64 = 0
        var high: UInt64 = 0
        /// The key's serial number and the id's count; all ones: empty.
        var tag = UInt64.max
        var last: Int64 = 0
    }

    private let seed = UInt64.random(in: .min ... .max)
    private var entries = Array(repeating: Entry(), count: 64)
    private var count = 0

    /// Bytes held.
    var bytes: Int { entries.count * MemoryLayout<Entry>.stride }

    private static func tag(_ id: MessageID, _ key: UInt64) -> UInt64 { key &<< 8 | UInt64(id.count) }

    @inline(__always)
    private func home(_ low: UInt64, _ high: UInt64, _ tag: UInt64) -> Int {
        let first = (low ^ seed).multipliedFullWidth(by: high ^ 0x9E37_79B9_7F4A_7C15)
        let second = (first.high ^ first.low ^ tag).multipliedFullWidth(by: seed | 1)
        return Int(truncatingIfNeeded: second.high ^ second.low) & (entries.count &- 1)
    }

    @inline(__always)
    private func slot(_ id: MessageID, _ tag: UInt64) -> Int {
        var at = home(id.low, id.high, tag)
        while entries[at].tag != .max {
            if entries[at].tag == tag, entries[at].low == id.low, entries[at].high == id.high { return at }
            at = (at &+ 1) & (entries.count &- 1)
        }
        return at
    }

    func last(_ id: MessageID, of key: UInt64) -> Int64? {
        let entry = entries[slot(id, Self.tag(id, key))]
        return entry.tag == .max ? nil : entry.last
    }

    /// Notes that an id occurs. `oldest`: what occurred last before that may be dropped.
    mutating func note(_ id: MessageID, of key: UInt64, at offset: Int64, oldest: Int64) {
        if (count + 1) * 4 > entries.count * 3 { rebuild(oldest) }
        let tag = Self.tag(id, key)
        let at = slot(id, tag)
        if entries[at].tag == .max { count += 1 }
        entries[at] = Entry(low: id.low, high: id.high, tag: tag, last: offset)
    }

    private mutating func rebuild(_ oldest: Int64) {
        let kept = entries.filter { $0.tag != .max && $0.last >= oldest }
        var capacity = 64
        while capacity < kept.count * 2 { capacity *= 2 }
        entries = Array(repeating: Entry(), count: capacity)
        count = kept.count
        for entry in kept {
            var at = home(entry.low, entry.high, entry.tag)
            while entries[at].tag != .max { at = (at + 1) & (capacity - 1) }
            entries[at] = entry
        }
    }
}
