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
    /// Threads that are over (replay): nothing is forgotten.
    var closed: [ThreadKey: ClosedThread] = [:]
    /// What the last offsets tell of them (live).
    var memory: ClosedMemory
    var finished: [ThreadRecord] = []
    /// Largest believable timestamp of the partition; `.min` before the first.
    var streamTime = Int64.min
    /// What a restart takes up again below the committed position.
    var restore: Restore?
    /// Bytes of the partition that were read.
    var bytesRead = 0
    /// Keys of parts that no thread with a fate stands for any more.
    var spent: [[UInt8]] = []
    private var scratch: [UInt8] = []

    init(_ configuration: AssemblyConfiguration, mode: AssemblyMode, seed: UInt64) {
        self.configuration = configuration
        self.mode = mode
        self.seed = seed
        memory = ClosedMemory(records: configuration.closedMemoryRecords)
    }

    /// Threads that are open.
    var openCount: Int { table.count }

    /// Takes one message. `timestamp` −1 at `position` means: not to be believed.
    @discardableResult
    mutating func receive(
        _ unit: borrowing DashStream.Unit,
        index: Int,
        at record: RecordPosition,
        traceparent: RawSpan?,
        lookUp: (() -> [UInt8]?)? = nil
    ) -> Reception {
        let hash = keyHash(unit.header.tenantID, unit.header.threadID)
        let reception =
            restore == nil
            ? receiveNew(unit, hash, index, record, traceparent, lookUp)
            : receiveAgain(unit, hash, index, record, traceparent, lookUp)
        if mode == .live { memory.note(id: identityHash(unit.header.messageID), of: hash, at: record.offset) }
        return reception
    }

    private mutating func receiveNew(
        _ unit: borrowing DashStream.Unit,
        _ hash: UInt64,
        _ index: Int,
        _ record: RecordPosition,
        _ traceparent: RawSpan?,
        _ lookUp: (() -> [UInt8]?)?
    ) -> Reception {
        var slot = find(hash, unit.header.tenantID, unit.header.threadID)
        let position = believable(record, slot)
        if record.timestamp >= 0, record.timestamp > streamTime { streamTime = record.timestamp }
        if let open = slot, isOver(open, at: position) {
            finish(open, end: RestorePlan.First(offset: record.offset, index: index))
            slot = nil
        }
        if let slot { return accept(unit, slot, index, position, traceparent, lookUp) }
        if let reception = receiveClosed(unit, hash, position) { return reception }
        let opened = open(unit, hash, index, position)
        if record.timestamp < 0 { threads[opened]?.standIn = position.timestamp }
        return accept(unit, opened, index, position, traceparent, lookUp)
    }

    /// The position with a time: one that cannot be believed stands for its thread's latest, else the partition's.
    func believable(_ record: RecordPosition, _ slot: Int?) -> RecordPosition {
        guard record.timestamp < 0 else { return record }
        let known = slot.flatMap { threads[$0]?.lastTimestamp } ?? streamTime
        var position = record
        position.timestamp = known == .min ? 0 : known
        return position
    }

    mutating func open(
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
        thread.spill.readAt = bytesRead
        // only a checkpoint asks for it
        if mode == .live { thread.keySum = keySum(unit) }
        store.append(header.tenantID, to: &thread.payload)
        store.append(header.threadID, to: &thread.payload)
        return place(thread)
    }

    /// Gives a thread a slot.
    mutating func place(_ thread: OpenThread) -> Int {
        let slot: Int
        if let reused = free.popLast() {
            slot = reused
            threads[slot] = thread
        } else {
            slot = threads.count
            threads.append(thread)
        }
        table.insert(thread.hash, slot: slot)
        return slot
    }

    mutating func accept(
        _ unit: borrowing DashStream.Unit,
        _ slot: Int,
        _ index: Int,
        _ position: RecordPosition,
        _ traceparent: RawSpan?,
        _ lookUp: (() -> [UInt8]?)? = nil
    ) -> Reception {
        let idHash = identityHash(unit.header.messageID)
        guard var thread = threads[slot].take() else { return .over }
        if holds(thread, unit.header.messageID, idHash) {
            thread.duplicates &+= 1
            // what is read again was counted before
            if restore == nil { counters.duplicates += 1 }
            threads[slot] = thread
            return .duplicate
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
        if ends { finish(slot, end: RestorePlan.First(offset: position.offset, index: index + 1)) }
        return .accepted(at: position.timestamp)
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
