import DashStream

/// What the last offsets of a partition tell of threads that are not open (live): a key that occurred within them belongs
/// to a thread that is over, and an id that did is a duplicate. It depends on these offsets alone, so that a restart that
/// reads them again knows the same. Keys and ids are compared as they are, since this decides what becomes of a message.
struct ClosedMemory {
    /// How many offsets it reaches back; more than 2^31 count as 2^31.
    let records: Int64
    private var keys = KeyOccurrences()
    private var ids = IDOccurrences()
    /// Records with several messages, by their offset: together they may hold three more for each record of the memory,
    /// or it reaches back less far.
    private var batches = Queue<(offset: Int64, more: Int64)>()
    private var more: Int64 = 0
    /// What came before this offset is forgotten.
    private var start = Int64.min
    private var latest: (offset: Int64, messages: Int64) = (.min, 0)

    init(records: Int64) { self.records = min(max(0, records), 1 << 31) }

    /// Bytes held.
    var bytes: Int { keys.bytes + ids.bytes }

    /// Whether the key occurred lately, as seen from `offset`.
    func knows(_ key: MemoryKey, at offset: Int64) -> Bool { isRecent(keys.find(key)?.last, offset) }

    /// Whether the key's message occurred lately, as seen from `offset`.
    func knows(_ id: MessageID, of key: MemoryKey, at offset: Int64) -> Bool {
        guard let found = keys.find(key) else { return false }
        return isRecent(ids.last(id, of: found.serial), offset)
    }

    /// Notes that a message occurred, whatever became of it.
    mutating func note(_ id: MessageID, of key: MemoryKey, at offset: Int64) {
        count(offset)
        let oldest = max(offset.saturatingMinus(records), start)
        ids.note(id, of: keys.note(key, at: offset, oldest: oldest), at: offset, oldest: oldest)
    }

    /// A record can hold a hundred thousand messages: there is room for only so many.
    private mutating func count(_ offset: Int64) {
        guard offset == latest.offset else {
            if latest.messages > 1 { batches.append((latest.offset, latest.messages - 1)) }
            latest = (offset, 1)
            return
        }
        latest.messages += 1
        more += 1
        while more > 3 * records, let oldest = batches.popFirst() {
            more -= oldest.more
            start = oldest.offset.saturatingPlus(1)
        }
    }

    private func isRecent(_ last: Int64?, _ offset: Int64) -> Bool {
        guard let last else { return false }
        return last >= start && offset.saturatingMinus(last) <= records
    }
}

/// The key of a message for the memory: its hash, and what is compared.
struct MemoryKey {
    let hash: UInt64
    /// The tenant behind its length, then the thread; of long ones the SHA-256 of that.
    let name: [UInt8]

    init(hash: UInt64, _ tenant: RawSpan, _ thread: RawSpan, _ sha: SHA256) {
        self.hash = hash
        var name: [UInt8] = []
        name.reserveCapacity(8 + min(64, tenant.byteCount + thread.byteCount))
        name.appendCounted(tenant)
        name.append(thread)
        self.name = name.count <= 64 ? name : [0xFF] + sha.hash(name)
    }
}
