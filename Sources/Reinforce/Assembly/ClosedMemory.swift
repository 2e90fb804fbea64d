import DashStream

/// What the last offsets of a partition tell of threads that are not open (live): a key that occurred within them belongs
/// to a thread that is over, and an id that did is a duplicate. It depends on these offsets alone, so that a restart that
/// reads them again knows the same.
struct ClosedMemory {
    /// How many offsets it reaches back; more than 2^31 count as 2^31.
    let records: Int64
    private var keys = OccurrenceTable()
    private var ids = OccurrenceTable()

    init(records: Int64) { self.records = min(max(0, records), 1 << 31) }

    /// Bytes held.
    var bytes: Int { keys.bytes + ids.bytes }

    /// Whether the key occurred lately, as seen from `offset`.
    func knows(key: UInt64, at offset: Int64) -> Bool { isRecent(keys.last(key), offset) }

    /// Whether the thread's message occurred lately, as seen from `offset`.
    func knows(id: UInt64, of key: UInt64, at offset: Int64) -> Bool { isRecent(ids.last(Self.both(key, id)), offset) }

    /// Notes that a message occurred, whatever became of it.
    mutating func note(id: UInt64, of key: UInt64, at offset: Int64) {
        keys.note(key, at: offset, keeping: records)
        ids.note(Self.both(key, id), at: offset, keeping: records)
    }

    private func isRecent(_ last: Int64?, _ offset: Int64) -> Bool {
        last.map { offset.saturatingMinus($0) <= records } ?? false
    }

    /// Ids are known per thread: the same id in another one is another message.
    private static func both(_ key: UInt64, _ id: UInt64) -> UInt64 {
        let product = (key ^ 0x2545_F491_4F6C_DD1D).multipliedFullWidth(by: id ^ 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low ^ id
    }
}

/// The offset at which each hash last occurred: a flat table that drops what is too old whenever it is full.
struct OccurrenceTable {
    private var hashes: [UInt64] = Array(repeating: 0, count: 64)
    /// Offset − `base` + 1; 0: empty.
    private var offsets: [UInt32] = Array(repeating: 0, count: 64)
    private var base: Int64 = 0
    private var count = 0

    /// Bytes held.
    var bytes: Int { hashes.count * 12 }

    @inline(__always)
    private func slot(_ hash: UInt64) -> Int {
        var at = Int(truncatingIfNeeded: hash &* 0x9E37_79B9_7F4A_7C15 &>> 20) & (hashes.count &- 1)
        while offsets[at] != 0, hashes[at] != hash { at = (at &+ 1) & (hashes.count &- 1) }
        return at
    }

    func last(_ hash: UInt64) -> Int64? {
        let at = slot(hash)
        return offsets[at] == 0 ? nil : base + Int64(offsets[at]) - 1
    }

    mutating func note(_ hash: UInt64, at offset: Int64, keeping records: Int64) {
        if (count + 1) * 4 > hashes.count * 3 || offset.saturatingMinus(base) >= Int64(UInt32.max) {
            rebuild(offset, records)
        }
        let at = slot(hash)
        if offsets[at] == 0 {
            hashes[at] = hash
            count += 1
        }
        offsets[at] = UInt32(truncatingIfNeeded: max(0, offset.saturatingMinus(base)).saturatingPlus(1))
    }

    private mutating func rebuild(_ offset: Int64, _ records: Int64) {
        let old = (hashes, offsets, base)
        let oldest = max(0, offset.saturatingMinus(records))
        let kept = old.1.indices.filter { old.1[$0] != 0 && old.2 + Int64(old.1[$0]) - 1 >= oldest }
        var capacity = 64
        while capacity < kept.count * 2 { capacity *= 2 }
        hashes = Array(repeating: 0, count: capacity)
        offsets = Array(repeating: 0, count: capacity)
        base = oldest
        count = 0
        for at in kept { note(old.0[at], at: old.2 + Int64(old.1[at]) - 1, keeping: records) }
    }
}
