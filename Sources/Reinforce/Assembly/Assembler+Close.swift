import DashStream
import JSON

extension Assembler {
    /// Whether a thread is over at `now`: the time of its own next record, or the partition's.
    func isOver(_ slot: Int, at now: RecordPosition, ownRecord: Bool) -> Bool {
        guard let thread = threads[slot] else { return false }
        let silence = now.timestamp &- thread.lastTimestamp
        if silence > configuration.idleTimeout { return true }
        if now.timestamp &- thread.firstTimestamp > configuration.maxThreadAge { return true }
        if thread.terminator == .max {
            return thread.hasNodeError && silence > configuration.errorGrace
        }
        let waited = now.timestamp &- thread.terminatorTimestamp
        if thread.isWhole { return waited > configuration.resumeGrace }
        guard waited > max(configuration.reorderGrace, configuration.resumeGrace) else { return false }
        return mode == .replay || now.offset &- thread.terminatorOffset >= configuration.reorderGraceRecords
    }

    /// Closes every thread that the partition's time says is over (live). `offset`: the next one to be read.
    mutating func closeSilent(at time: Int64, offset: Int64) {
        guard restore == nil else { return }
        for slot in threads.indices {
            guard let thread = threads[slot] else { continue }
            let now = RecordPosition(partition: thread.partition, offset: offset, timestamp: time)
            if isOver(slot, at: now, ownRecord: false) { finish(slot) }
        }
        guard mode == .live, offset - lastPurge > configuration.closedMemoryRecords / 8 else { return }
        lastPurge = offset
        closed = closed.filter { offset - $0.value.lastOffset <= configuration.closedMemoryRecords }
    }

    /// Closes every open thread, in the order they were opened: the end of the input.
    mutating func closeAll() {
        let open = threads.indices.filter { threads[$0] != nil }
        for slot in open.sorted(by: { order($0) < order($1) }) { finish(slot) }
    }

    private func order(_ slot: Int) -> (Int64, UInt32) {
        (threads[slot]?.firstOffset ?? 0, threads[slot]?.firstIndex ?? 0)
    }

    /// Takes a thread out and hands it over.
    mutating func finish(_ slot: Int) {
        guard var thread = threads[slot].take() else { return }
        table.remove(thread.hash, slot: slot)
        free.append(slot)
        var bytes: [UInt8] = []
        store.copy(thread.payload, into: &bytes)
        store.release(&thread.payload)
        let tenantEnd = Int(thread.tenantCount)
        let payload = unsafe bytes.span.bytes
        guard let tenant = Text(utf8: payload.extracting(0..<tenantEnd)),
            let id = Text(utf8: payload.extracting(tenantEnd..<tenantEnd + Int(thread.threadCount)))
        else { return }
        let key = ThreadKey(tenant: tenant, thread: id)
        var ids: [UInt64] = []
        ids.reserveCapacity(thread.entries.count)
        for entry in thread.entries {
            var reader = StoredReader(payload, at: Int(entry.position))
            if let id = reader.bytes() { ids.append(identityHash(id)) }
        }
        closed[key] = ClosedThread(ids: KnownIDs(ids), lastOffset: thread.lastOffset)
        guard thread.hasMain else {
            counters.auxiliaryOnly += 1
            return
        }
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
                firstIndex: thread.firstIndex,
                duplicates: Int(thread.duplicates),
                cut: thread.cut
            )
        )
    }

    /// A message whose thread is not open: true when the thread is known to be over.
    mutating func receiveClosed(_ unit: borrowing DashStream.Unit, _ position: RecordPosition) -> Bool {
        guard !closed.isEmpty, let key = key(unit), var thread = closed[key] else { return false }
        if mode == .live, position.offset - thread.lastOffset > configuration.closedMemoryRecords {
            closed[key] = nil
            return false
        }
        closed[key] = nil  // taken out, so that its ids are changed in place
        thread.lastOffset = position.offset
        if !thread.ids.insert(identityHash(unit.header.messageID)) {
            thread.duplicates += 1
            counters.duplicates += 1
        } else if LaneFlags(unit).contains(.auxiliary) {
            counters.auxiliaryAfterClose += 1
        } else {
            thread.late += 1
            counters.lateAfterClose += 1
        }
        closed[key] = thread
        return true
    }

    /// A message of finished business below the committed position: its key and id are remembered.
    mutating func noteSkipped(_ unit: borrowing DashStream.Unit, _ position: RecordPosition) {
        guard let key = key(unit) else { return }
        var thread = closed.removeValue(forKey: key) ?? ClosedThread(ids: KnownIDs([]), lastOffset: position.offset)
        thread.lastOffset = position.offset
        _ = thread.ids.insert(identityHash(unit.header.messageID))
        closed[key] = thread
    }
}
