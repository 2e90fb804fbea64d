import DashStream

extension Assembler {
    /// A message below the position of a restart: accepted or refused as it was then, never by time.
    mutating func receiveAgain(
        _ unit: borrowing DashStream.Unit,
        _ hash: UInt64,
        _ index: Int,
        _ record: RecordPosition,
        _ traceparent: RawSpan?,
        _ lookUp: (() -> [UInt8]?)?
    ) -> Reception {
        let here = RestorePlan.First(offset: record.offset, index: index)
        var position = record
        // whoever was believed has moved the stream's time, which the checkpoint holds
        if position.timestamp > streamTime { position.timestamp = -1 }
        var slot = find(hash, unit.header.tenantID, unit.header.threadID)
        if let open = slot, let end = threads[open]?.knownEnd, end <= here {
            finish(open, end: end)
            slot = nil
        }
        if slot == nil { slot = unpark(unit, hash, here) }
        if let slot { return accept(unit, slot, index, believable(position, slot), traceparent, lookUp) }
        guard let entry = restore?.take(at: here) else { return .passed }
        if let time = entry.standIn { position.timestamp = time }
        let sum = keySum(unit)
        restore?.check(here, sum)
        let opened = open(unit, hash, index, believable(position, nil))
        threads[opened]?.standIn = entry.standIn
        threads[opened]?.knownEnd = entry.end
        return accept(unit, opened, index, believable(position, opened), traceparent, lookUp)
    }

    /// Whether the memory of closed threads still reaches back to an offset when a restart is through: what is older is
    /// read again for threads that are open, and forgotten by then.
    @inline(__always)
    func remembers(_ offset: Int64) -> Bool {
        guard let position = restore?.plan.position else { return true }
        return position.saturatingMinus(offset) <= memory.records
    }

    /// The spilled thread that a message beyond its cut belongs to.
    private mutating func unpark(_ unit: borrowing DashStream.Unit, _ hash: UInt64, _ here: RestorePlan.First) -> Int? {
        guard restore?.parked.isEmpty == false, let parked = restore?.parked[hash] else { return nil }
        for (number, thread) in parked.enumerated() {
            guard (thread.spill.cut ?? 0) <= here.offset, thread.knownEnd.map({ here < $0 }) ?? true,
                holdsKey(unit, thread)
            else { continue }
            restore?.parked[hash]?.remove(at: number)
            return place(thread)
        }
        return nil
    }

    private func holdsKey(_ unit: borrowing DashStream.Unit, _ thread: OpenThread) -> Bool {
        let tenant = unit.header.tenantID
        return Int(thread.tenantCount) == tenant.byteCount
            && Int(thread.threadCount) == unit.header.threadID.byteCount
            && store.holds(tenant, at: 0, in: thread.payload)
            && store.holds(unit.header.threadID, at: tenant.byteCount, in: thread.payload)
    }

    /// The position is reached: what was over then is over now.
    ///
    /// - Returns: what should have been taken up and was not there.
    mutating func endRestore() -> [OpenEntry] {
        guard let restore else { return [] }
        self.restore = nil
        for thread in restore.parked.values.joined().sorted(by: { $0.first < $1.first }) { _ = place(thread) }
        scheduleAll()
        let over = threads.indices.filter { threads[$0]?.knownEnd != nil }
        for slot in inOrder(over) { if let end = threads[slot]?.knownEnd { finish(slot, end: end) } }
        return (Array(restore.entries.values) + Array(restore.awaited.values)).sorted()
    }

    /// What a checkpoint says of every open thread.
    var openEntries: [OpenEntry] {
        guard mode == .live, restore == nil else { return threads.compactMap { $0?.entry() } }
        return opens.slots.compactMap { threads[$0]?.entry() }
    }
}
