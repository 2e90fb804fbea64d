import DashStream
import JSON

extension Assembler {
    /// Whether a thread is over at `now`: the time of its own next record, or the partition's.
    @inline(__always)
    func isOver(_ slot: Int, at now: RecordPosition) -> Bool {
        threads[slot]?.isOver(at: now, configuration, mode) ?? false
    }

    /// Closes every thread that the partition's time says is over (live), in the order they were opened. `offset`: the
    /// next one to be read; `limit`: bytes of threads that wait to be read beyond which no further one is closed.
    ///
    /// - Returns: whether there are more.
    @discardableResult
    mutating func closeSilent(at time: Int64, offset: Int64, limit: Int = .max) -> Bool {
        guard restore == nil else { return false }
        var isMore = false
        for slot in takeDue(at: time, offset: offset) {
            isMore = isMore || finishedBytes > limit
            if isMore { timers.set(slot, at: time) } else { finish(slot, end: .init(offset: offset, index: 0)) }
        }
        return isMore
    }

    /// Closes every open thread, in the order they were opened: the end of the input.
    mutating func closeAll() {
        for slot in inOrder(threads.indices.filter { threads[$0] != nil }) {
            let next = (threads[slot]?.lastOffset ?? 0).saturatingPlus(1)
            finish(slot, end: RestorePlan.First(offset: next, index: 0))
        }
    }

    /// Slots in the order of what opened their threads, whatever slots these have got.
    func inOrder(_ slots: [Int]) -> [Int] {
        slots.sorted { a, b in
            guard let x = threads[a]?.first, let y = threads[b]?.first else { return a < b }
            return x < y
        }
    }

    /// Takes a thread out and hands it over. `end`: the first message that is not its own.
    mutating func finish(_ slot: Int, end: RestorePlan.First) {
        guard var thread = threads[slot].take() else { return }
        table.remove(thread.hash, slot: slot)
        free.append(slot)
        timers.remove(slot)
        offsetTimers.remove(slot)
        var bytes: [UInt8] = []
        store.copy(thread.payload, into: &bytes)
        store.release(&thread.payload)
        guard let key = Self.key(bytes, thread) else { return note(over: thread, end: nil) }
        if mode == .replay { closed.insert(ClosedThread(key: key, ids: knownIDs(bytes, thread)), hash: thread.hash) }
        note(over: thread, end: thread.hasMain ? end : nil)
        guard thread.hasMain else {
            counters.auxiliaryOnly += 1
            if !thread.spill.parts.isEmpty { spent += SpilledPart.keys(of: thread.first, thread.spill.parts.count) }
            return
        }
        finishedBytes += bytes.count
        finished.append(
            ThreadRecord(
                key: key,
                bytes: bytes,
                entries: thread.entries,
                start: thread.start,
                terminator: thread.terminator,
                source: SourceRange(
                    partition: thread.partition,
                    firstOffset: thread.firstOffset,
                    lastOffset: thread.lastOffset,
                    topic: thread.topic
                ),
                openedAt: thread.firstTimestamp,
                duplicates: Int(thread.duplicates),
                cut: thread.cut,
                entry: thread.entry(end: end)
            )
        )
    }

    /// What a checkpoint says of a thread that is over; `end` nil: nothing is to come of it. What ends before a restart is
    /// through has no place yet.
    private mutating func note(over thread: OpenThread, end: RestorePlan.First?) {
        guard mode == .live else { return }
        guard let end else { return restore == nil ? opens.close(thread.entry()) : () }
        if restore == nil { opens.end(thread.entry(end: end)) }
    }

    /// The key that a thread's payload begins with.
    static func key(_ payload: [UInt8], _ thread: OpenThread) -> ThreadKey? {
        let span = unsafe payload.span.bytes
        let tenantEnd = Int(thread.tenantCount)
        guard tenantEnd + Int(thread.threadCount) <= span.byteCount,
            let tenant = Text(utf8: span.extracting(0..<tenantEnd)),
            let id = Text(utf8: span.extracting(tenantEnd..<tenantEnd + Int(thread.threadCount)))
        else { return nil }
        return ThreadKey(tenant: tenant, thread: id)
    }

    private func knownIDs(_ payload: [UInt8], _ thread: OpenThread) -> KnownIDs {
        let span = unsafe payload.span.bytes
        var ids: [MessageID] = []
        ids.reserveCapacity(thread.entries.count)
        for entry in thread.entries {
            var reader = StoredReader(span, at: Int(entry.position))
            if let id = reader.bytes() { ids.append(MessageID(id, sha)) }
        }
        return KnownIDs(ids)
    }

    /// A message whose thread is not open: what it is where the thread is known to be over, else nil.
    mutating func receiveClosed(
        _ unit: borrowing DashStream.Unit,
        _ hash: UInt64,
        _ position: RecordPosition
    ) -> Reception? {
        let isKnown: Bool
        if mode == .live {
            let key = memoryKey(unit, hash)
            guard memory.knows(key, at: position.offset) else { return nil }
            isKnown = memory.knows(MessageID(unit.header.messageID, sha), of: key, at: position.offset)
        } else {
            guard let slot = closed.find(hash, unit.header.tenantID, unit.header.threadID) else { return nil }
            let isAuxiliary = LaneFlags(unit).contains(.auxiliary)
            isKnown = closed.note(MessageID(unit.header.messageID, sha), at: slot, isAuxiliary: isAuxiliary)
        }
        let flags = LaneFlags(unit)
        if flags.contains(.graphStart) { oddities.note(.duplicateThread, unit, at: position) }
        if isKnown {
            counters.duplicates += 1
            oddities.duplicates &+= 1
        } else if flags.contains(.auxiliary) {
            counters.auxiliaryAfterClose += 1
        } else {
            counters.lateAfterClose += 1
            oddities.note(.late, unit, at: position)
        }
        return .over
    }
}
