/// One message of an open thread: where it is ordered, and where its bytes are.
struct ThreadEntry {
    var sequence: UInt64
    /// Start of the stored message in the thread's payload.
    var position: UInt32
    /// 28 bits of the message id's hash, and the lane.
    var tag: UInt32

    static let hashMask: UInt32 = (1 << 28) &- 1

    init(sequence: UInt64, position: UInt32, idHash: UInt64, flags: LaneFlags) {
        self.sequence = sequence
        self.position = position
        tag = (UInt32(truncatingIfNeeded: idHash) & Self.hashMask) | flags.rawValue
    }

    var flags: LaneFlags { LaneFlags(rawValue: tag & ~Self.hashMask) }
    var isMain: Bool { tag & LaneFlags.auxiliary.rawValue == 0 }
    var idTag: UInt32 { tag & Self.hashMask }
}

/// Finds a thread's entries by message id once there are too many to look through.
struct IdentityIndex {
    private var slots: [UInt32]
    private var count = 0

    init(_ entries: [ThreadEntry]) {
        slots = Array(repeating: 0, count: 128)
        for index in entries.indices { insert(index, entries) }
    }

    /// Calls `body` with every entry whose id may be the one of `tag`, until it returns true.
    func contains(_ tag: UInt32, _ entries: [ThreadEntry], where body: (ThreadEntry) -> Bool) -> Bool {
        var slot = Self.first(tag, slots.count)
        while slots[slot] != 0 {
            let entry = entries[Int(slots[slot]) - 1]
            if entry.idTag == tag, body(entry) { return true }
            slot = (slot + 1) & (slots.count - 1)
        }
        return false
    }

    mutating func insert(_ index: Int, _ entries: [ThreadEntry]) {
        if (count + 1) * 2 > slots.count { grow(entries) }
        place(index, entries)
        count += 1
    }

    private mutating func place(_ index: Int, _ entries: [ThreadEntry]) {
        var slot = Self.first(entries[index].idTag, slots.count)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = UInt32(truncatingIfNeeded: index + 1)
    }

    private mutating func grow(_ entries: [ThreadEntry]) {
        let old = slots
        slots = Array(repeating: 0, count: old.count * 2)
        for slot in old where slot != 0 { place(Int(slot) - 1, entries) }
    }

    private static func first(_ tag: UInt32, _ count: Int) -> Int {
        Int(truncatingIfNeeded: (UInt64(tag) &* 0x9E37_79B9_7F4A_7C15) &>> 20) & (count - 1)
    }
}
