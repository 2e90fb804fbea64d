/// What is known of each key that occurred lately: a flat table that drops what is too old whenever it is full.
struct KeyOccurrences {
    struct Entry {
        fileprivate var hash: UInt64 = 0
        /// Names the key for as long as it is known.
        fileprivate(set) var serial: UInt64 = 0
        /// The offset at which it last occurred.
        fileprivate(set) var last: Int64 = 0
        /// The number of its newest note in ``RecentMessages``; 0: none.
        var newest = 0
        /// Its messages stand in the table of ids.
        var isTabled = false
        /// Where its name stands; the count of an entry that is empty is 0.
        fileprivate var name = ByteRange.empty
    }

    private var entries = Array(repeating: Entry(), count: 64)
    private var names: [UInt8] = []
    private var count = 0
    private var nextSerial: UInt64 = 0
    private let sha = SHA256()

    /// Bytes held.
    var bytes: Int { entries.count * MemoryLayout<Entry>.stride + names.capacity }

    @inline(__always)
    private func slot(_ key: borrowing MemoryKey) -> Int {
        var at = Int(truncatingIfNeeded: key.hash &* 0x9E37_79B9_7F4A_7C15 &>> 20) & (entries.count &- 1)
        while entries[at].name.count != 0 {
            if entries[at].hash == key.hash, key.isNamed(names.span(entries[at].name), sha) { return at }
            at = (at &+ 1) & (entries.count &- 1)
        }
        return at
    }

    /// Where a key stands, until another one is noted; nil: it is not known.
    func find(_ key: borrowing MemoryKey) -> Int? {
        let at = slot(key)
        return entries[at].name.count == 0 ? nil : at
    }

    subscript(at: Int) -> Entry {
        get { entries[at] }
        _modify { yield &entries[at] }
    }

    /// Notes that a key occurs; returns where it stands. `oldest`: what occurred last before that may be dropped.
    mutating func note(_ key: borrowing MemoryKey, at offset: Int64, oldest: Int64) -> Int {
        if (count + 1) * 4 > entries.count * 3 { rebuild(oldest) }
        let at = slot(key)
        entries[at].last = offset
        if entries[at].name.count == 0 {
            let start = names.count
            key.append(to: &names, sha)
            entries[at] = Entry(hash: key.hash, serial: nextSerial, last: offset, name: ByteRange(start, names.count))
            nextSerial += 1
            count += 1
        }
        return at
    }

    private mutating func rebuild(_ oldest: Int64) {
        let kept = entries.filter { $0.name.count != 0 && $0.last >= oldest }
        let old = names
        var capacity = 64
        while capacity < kept.count * 2 { capacity *= 2 }
        entries = Array(repeating: Entry(), count: capacity)
        names = []
        count = kept.count
        for var entry in kept {
            let start = names.count
            names.append(old, entry.name)
            entry.name = ByteRange(start, names.count)
            var at = Int(truncatingIfNeeded: entry.hash &* 0x9E37_79B9_7F4A_7C15 &>> 20) & (capacity - 1)
            while entries[at].name.count != 0 { at = (at + 1) & (capacity - 1) }
            entries[at] = entry
        }
    }
}
