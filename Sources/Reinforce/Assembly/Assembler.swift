import DashStream
import JSON

/// Assembles the messages of one partition into threads. A pure fold: records in, finished threads out.
struct Assembler: ~Copyable {
    let configuration: AssemblyConfiguration
    let mode: AssemblyMode
    let seed: UInt64
    var counters = AssemblyCounters()
    var threads: [OpenThread?] = []
    var free: [Int] = []
    var table = ThreadTable()
    var store = BlockStore()
    var closed: [ThreadKey: ClosedThread] = [:]
    var finished: [ThreadRecord] = []
    /// Largest believable timestamp of the partition; `.min` before the first.
    var streamTime = Int64.min
    /// What a restart takes up again below the committed position.
    var restore: RestorePlan?
    /// Offset at which finished threads were last looked through for those to forget.
    var lastPurge: Int64 = 0
    private var scratch: [UInt8] = []

    init(_ configuration: AssemblyConfiguration, mode: AssemblyMode, seed: UInt64) {
        self.configuration = configuration
        self.mode = mode
        self.seed = seed
    }

    /// Threads that are open.
    var openCount: Int { table.count }

    /// Takes one message. `timestamp` −1 at `position` means: not to be believed.
    mutating func receive(
        _ unit: borrowing DashStream.Unit,
        index: Int,
        at record: RecordPosition,
        traceparent: RawSpan?,
        lookUp: (() -> [UInt8]?)? = nil
    ) {
        let hash = keyHash(unit.header.tenantID, unit.header.threadID)
        var slot = find(hash, unit.header.tenantID, unit.header.threadID)
        var position = record
        if record.timestamp < 0 {
            let known = slot.flatMap { threads[$0]?.lastTimestamp } ?? streamTime
            position.timestamp = known == .min ? 0 : known
        } else if record.timestamp > streamTime {
            streamTime = record.timestamp
        }
        let restoring = restore.map { record.offset < $0.position } ?? false
        if let open = slot, !restoring, isOver(open, at: position, ownRecord: true) {
            finish(open)
            slot = nil
        }
        if let slot {
            accept(unit, slot, position, traceparent, lookUp)
        } else if restoring {
            guard restore?.opens(record.offset, index) == true else { return noteSkipped(unit, position) }
            accept(unit, open(unit, hash, index, position), position, traceparent, lookUp)
        } else if !receiveClosed(unit, position) {
            accept(unit, open(unit, hash, index, position), position, traceparent, lookUp)
        }
    }

    private mutating func open(
        _ unit: borrowing DashStream.Unit,
        _ hash: UInt64,
        _ index: Int,
        _ position: RecordPosition
    ) -> Int {
        let header = unit.header
        var thread = OpenThread(
            hash: hash,
            tenantCount: header.tenantID.byteCount,
            threadCount: header.threadID.byteCount,
            at: position,
            index: index
        )
        store.append(header.tenantID, to: &thread.payload)
        store.append(header.threadID, to: &thread.payload)
        let slot: Int
        if let reused = free.popLast() {
            slot = reused
            threads[slot] = thread
        } else {
            slot = threads.count
            threads.append(thread)
        }
        table.insert(hash, slot: slot)
        return slot
    }

    private mutating func accept(
        _ unit: borrowing DashStream.Unit,
        _ slot: Int,
        _ position: RecordPosition,
        _ traceparent: RawSpan?,
        _ lookUp: (() -> [UInt8]?)?
    ) {
        let idHash = identityHash(unit.header.messageID)
        guard var thread = threads[slot].take() else { return }
        if holds(thread, unit.header.messageID, idHash) {
            thread.duplicates &+= 1
            counters.duplicates += 1
            threads[slot] = thread
            return
        }
        let flags = LaneFlags(unit)
        // taken out while the store takes its bytes in: both are parts of one assembler
        var scratch: [UInt8] = []
        swap(&scratch, &self.scratch)
        defer { self.scratch = scratch }
        StoredMessage.write(unit, at: position, into: &scratch)
        if let traceparent, flags.contains(.graphStart), !thread.hasTraceparent {
            thread.hasTraceparent = true
            scratch.appendCounted(traceparent)
        } else if let lookUp, flags.contains(.graphStart), !thread.hasTraceparent, let found = lookUp() {
            thread.hasTraceparent = true
            scratch.appendVarint(UInt64(found.count))
            scratch.append(contentsOf: found)
        } else {
            scratch.appendVarint(0)
        }
        let entry = ThreadEntry(
            sequence: unit.header.sequence,
            position: thread.payload.count,
            idHash: idHash,
            flags: flags
        )
        unsafe store.append(scratch.span.bytes, to: &thread.payload)
        thread.entries.append(entry)
        if thread.entries.count == 33 { thread.index = IdentityIndex(thread.entries) }
        if thread.entries.count > 33 { thread.index?.insert(thread.entries.count - 1, thread.entries) }
        thread.lastOffset = position.offset
        thread.lastTimestamp = max(thread.lastTimestamp, position.timestamp)
        thread.note(entry, at: position, resumeGrace: configuration.resumeGrace)
        let whole = thread.isWhole && configuration.resumeGrace == 0
        thread.cut = !whole && isTooLarge(thread)
        let ends = whole || thread.cut
        threads[slot] = thread
        if ends { finish(slot) }
    }

    private func isTooLarge(_ thread: OpenThread) -> Bool {
        thread.entries.count >= configuration.maxThreadEvents
            || Int(thread.payload.count) >= configuration.maxThreadBytes
    }

    private func holds(_ thread: OpenThread, _ id: RawSpan, _ hash: UInt64) -> Bool {
        let tag = UInt32(truncatingIfNeeded: hash) & ThreadEntry.hashMask
        func same(_ entry: ThreadEntry) -> Bool {
            // the id lies behind its count, which is one byte for ids below 128 bytes
            store.holds(id, at: Int(entry.position) + varintCount(id.byteCount), in: thread.payload)
        }
        if let index = thread.index { return index.contains(tag, thread.entries, where: same) }
        for entry in thread.entries where entry.idTag == tag && same(entry) { return true }
        return false
    }

    private func varintCount(_ value: Int) -> Int {
        max(1, (UInt64.bitWidth - UInt64(value).leadingZeroBitCount + 6) / 7)
    }
}
