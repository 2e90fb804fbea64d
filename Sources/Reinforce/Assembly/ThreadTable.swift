/// Finds open threads by the hash of their key: a flat table of slots, the key itself compared by the caller.
struct ThreadTable {
    private var hashes: [UInt64] = Array(repeating: 0, count: 64)
    /// Slot + 1; 0: empty.
    private var slots: [UInt32] = Array(repeating: 0, count: 64)
    private(set) var count = 0

    private func home(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (slots.count - 1) }

    /// The first slot with `hash` for which `matches` holds.
    @inline(__always)
    func find(_ hash: UInt64, where matches: (Int) -> Bool) -> Int? {
        var at = home(hash)
        while slots[at] != 0 {
            let slot = Int(slots[at]) - 1
            if hashes[at] == hash, matches(slot) { return slot }
            at = (at + 1) & (slots.count - 1)
        }
        return nil
    }

    mutating func insert(_ hash: UInt64, slot: Int) {
        if (count + 1) * 2 > slots.count { grow() }
        place(hash, UInt32(truncatingIfNeeded: slot + 1))
        count += 1
    }

    /// Removes the entry of `slot`, closing the gap so that no marker stays behind.
    mutating func remove(_ hash: UInt64, slot: Int) {
        var at = home(hash)
        while slots[at] != 0, slots[at] != UInt32(truncatingIfNeeded: slot + 1) { at = (at + 1) & (slots.count - 1) }
        guard slots[at] != 0 else { return }
        count -= 1
        var gap = at
        var next = (at + 1) & (slots.count - 1)
        while slots[next] != 0 {
            let distance = (next &- home(hashes[next])) & (slots.count - 1)
            if distance >= (next &- gap) & (slots.count - 1) {
                hashes[gap] = hashes[next]
                slots[gap] = slots[next]
                gap = next
            }
            next = (next + 1) & (slots.count - 1)
        }
        slots[gap] = 0
    }

    private mutating func place(_ hash: UInt64, _ slot: UInt32) {
        var at = home(hash)
        while slots[at] != 0 { at = (at + 1) & (slots.count - 1) }
        hashes[at] = hash
        slots[at] = slot
    }

    private mutating func grow() {
        let old = (hashes, slots)
        hashes = Array(repeating: 0, count: old.0.count * 2)
        slots = Array(repeating: 0, count: old.0.count * 2)
        for at in old.1.indices where old.1[at] != 0 { place(old.0[at], old.1[at]) }
    }
}
