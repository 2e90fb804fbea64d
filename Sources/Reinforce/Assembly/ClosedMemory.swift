import DashStream

/// What the last offsets of a partition tell of threads that are not open (live): a key that occurred within them belongs
/// to a thread that is over, and an id that did is a duplicate. It depends on these offsets alone, so that a restart that
/// reads them again knows the same. Keys and ids are compared as they are, since this decides what becomes of a message.
struct ClosedMemory {
    /// How many offsets it reaches back; more than 2^31 count as 2^31.
    let records: Int64
    /// Messages of a key that are looked through one by one.
    private static let few = 64
    private var keys = KeyOccurrences()
    private var messages = RecentMessages()
    /// Messages of keys that were asked about and had many.
    private var table = IDOccurrences()
    /// Records with several messages, by their offset: together they may hold three more for each record of the memory,
    /// or it reaches back less far.
    private var batches = Queue<(offset: Int64, more: Int64)>()
    private var more: Int64 = 0
    /// What came before this offset is forgotten.
    private var start = Int64.min
    private var latest: (offset: Int64, messages: Int64) = (.min, 0)

    init(records: Int64) { self.records = min(max(0, records), 1 << 31) }

    /// Bytes held.
    var bytes: Int { keys.bytes + messages.bytes + table.bytes }

    /// Whether the key occurred lately, as seen from `offset`.
    func knows(_ key: borrowing MemoryKey, at offset: Int64) -> Bool {
        isRecent(keys.find(key).map { keys[$0].last }, offset)
    }

    /// Whether the key's message occurred lately, as seen from `offset`.
    mutating func knows(_ id: MessageID, of key: borrowing MemoryKey, at offset: Int64) -> Bool {
        guard let found = keys.find(key) else { return false }
        return isRecent(last(id, found), offset)
    }

    /// The offset at which a key's message last occurred. Few are looked for one by one; many are put in a table first, or
    /// a long thread that is sent again would take the square of its length.
    private mutating func last(_ id: MessageID, _ place: Int) -> Int64? {
        let key = keys[place]
        guard !key.isTabled else { return table.last(id, of: key.serial) }
        var (left, last): (Int, Int64?) = (Self.few, nil)
        messages.forEach(from: key.newest) {
            if $0 == id { last = $1 }
            left -= 1
            return last != nil || left == 0
        }
        guard last == nil, left == 0 else { return last }
        messages.forEach(from: key.newest) {
            if table.last($0, of: key.serial) == nil { table.note($0, of: key.serial, at: $1, oldest: start) }
            return false
        }
        keys[place].isTabled = true
        return table.last(id, of: key.serial)
    }

    /// Notes that a message occurred, whatever became of it.
    mutating func note(_ id: MessageID, of key: borrowing MemoryKey, at offset: Int64) {
        count(offset)
        let oldest = max(offset.saturatingMinus(records), start)
        let place = keys.note(key, at: offset, oldest: oldest)
        guard !keys[place].isTabled else {
            return table.note(id, of: keys[place].serial, at: offset, oldest: oldest)
        }
        messages.drop(before: oldest)
        keys[place].newest = messages.append(id, at: offset, before: keys[place].newest)
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

/// The key of a message for the memory, borrowed: its hash, and what is compared.
struct MemoryKey: ~Escapable {
    let hash: UInt64
    private let tenant: RawSpan
    private let thread: RawSpan
    /// Names of more bytes than this are compared by their hash.
    private static let longest = 62
    /// What the name of a long one begins with: no count of a short one's tenant.
    private static let mark: UInt8 = 0xFF

    @_lifetime(copy tenant, copy thread)
    init(hash: UInt64, _ tenant: RawSpan, _ thread: RawSpan) {
        self.hash = hash
        self.tenant = tenant
        self.thread = thread
    }

    private var isLong: Bool { tenant.byteCount &+ thread.byteCount > Self.longest }

    /// Appends what it is known by: how long the tenant is, the tenant, the thread; of long ones the SHA-256 of that.
    func append(to names: inout [UInt8], _ sha: SHA256) {
        guard !isLong else {
            names.append(Self.mark)
            names += digest(sha)
            return
        }
        names.append(UInt8(truncatingIfNeeded: tenant.byteCount))
        names.append(tenant)
        names.append(thread)
    }

    private func digest(_ sha: SHA256) -> [UInt8] {
        var name: [UInt8] = []
        name.appendCounted(tenant)
        name.append(thread)
        return sha.hash(name)
    }

    /// Whether it is known by that name.
    func isNamed(_ name: RawSpan, _ sha: SHA256) -> Bool {
        guard !isLong else {
            guard name.byteCount > 1, name.byte(0) == Self.mark else { return false }
            let digest = digest(sha)
            return unsafe name.extracting(1..<name.byteCount).hasSameBytes(as: digest.span.bytes)
        }
        let end = 1 &+ tenant.byteCount
        return name.byteCount == end &+ thread.byteCount && Int(name.byte(0)) == tenant.byteCount
            && name.extracting(1..<end).hasSameBytes(as: tenant)
            && name.extracting(end..<name.byteCount).hasSameBytes(as: thread)
    }
}
