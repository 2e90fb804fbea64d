import DashStream

extension OpenThread {
    /// What became of a message, and of its thread by it.
    enum Acceptance {
        case duplicate
        case taken
        /// So it was, and it is a GRAPH_START.
        case started
        /// The thread is over by it.
        case ended
    }

    /// Takes a message in, unless its id is there already. In place: threads are many and not small.
    ///
    /// - Parameter scratch: room to write the message in, kept from one to the next.
    mutating func accept(
        _ unit: borrowing DashStream.Unit,
        _ idHash: UInt64,
        at position: RecordPosition,
        _ traceparent: RawSpan?,
        _ lookUp: (() -> [UInt8]?)?,
        _ configuration: AssemblyConfiguration,
        _ store: inout BlockStore,
        _ scratch: inout [UInt8]
    ) -> Acceptance {
        if holds(unit.header.messageID, idHash, store) {
            duplicates &+= 1
            return .duplicate
        }
        let flags = LaneFlags(unit)
        StoredMessage.write(unit, at: position, into: &scratch)
        if let traceparent, flags.contains(.graphStart), !hasTraceparent {
            hasTraceparent = true
            scratch.appendCounted(traceparent)
        } else if let lookUp, flags.contains(.graphStart), !hasTraceparent, let found = lookUp() {
            hasTraceparent = true
            scratch.appendVarint(UInt64(found.count))
            scratch.append(contentsOf: found)
        } else {
            scratch.append(0)
        }
        let entry = ThreadEntry(
            sequence: unit.header.sequence,
            position: payload.count,
            idHash: idHash,
            flags: flags
        )
        unsafe store.append(scratch.span.bytes, to: &payload)
        // most threads hold more than a few, and those that wait with few are many
        if entries.count == 2 { entries.reserveCapacity(16) }
        entries.append(entry)
        if entries.count > Self.fewEntries { indexLast() }
        lastOffset = position.offset
        lastTimestamp = max(lastTimestamp, position.timestamp)
        note(entry, at: position, resumeGrace: configuration.resumeGrace)
        let whole = isWhole && configuration.resumeGrace == 0
        cut = !whole && isTooLarge(configuration)
        if whole || cut { return .ended }
        return flags.contains(.graphStart) ? .started : .taken
    }

    /// Entries that are looked through one by one for a message id.
    private static var fewEntries: Int { 32 }

    private mutating func indexLast() {
        guard entries.count > Self.fewEntries + 1 else { return indexEntries() }
        change { [entries] in $0.index?.insert(entries.count - 1, entries) }
    }

    /// Makes the index of its entries anew, where they are many.
    mutating func indexEntries() {
        guard entries.count > Self.fewEntries else { return }
        let index = IdentityIndex(entries)
        change { $0.index = index }
    }

    private func isTooLarge(_ configuration: AssemblyConfiguration) -> Bool {
        entries.count >= configuration.maxThreadEvents || Int(payload.count) >= configuration.maxThreadBytes
    }

    private func holds(_ id: RawSpan, _ hash: UInt64, _ store: borrowing BlockStore) -> Bool {
        let tag = UInt32(truncatingIfNeeded: hash) & ThreadEntry.hashMask
        // the id lies behind its count, which is one byte for ids below 128 bytes
        let behind = max(1, (UInt64.bitWidth - UInt64(id.byteCount).leadingZeroBitCount + 6) / 7)
        if entries.count > Self.fewEntries, let index = rare.first?.index {
            return index.contains(tag, entries) { store.holds(id, at: Int($0.position) + behind, in: payload) }
        }
        for entry in entries where entry.idTag == tag {
            if store.holds(id, at: Int(entry.position) + behind, in: payload) { return true }
        }
        return false
    }

    /// Whether its key is as long as this one.
    @inline(__always)
    func hasCounts(_ tenant: RawSpan, _ thread: RawSpan) -> Bool {
        Int(tenantCount) == tenant.byteCount && Int(threadCount) == thread.byteCount
    }

    /// Whether it is over at `now`: the time of its own next record, or the partition's. Inlined: of a thread in a list only
    /// what is compared is looked at then, and the rest is not copied.
    @inline(__always)
    func isOver(at now: RecordPosition, _ configuration: AssemblyConfiguration, _ mode: AssemblyMode) -> Bool {
        let silence = now.timestamp.saturatingMinus(lastTimestamp)
        if silence > configuration.idleTimeout { return true }
        if now.timestamp.saturatingMinus(firstTimestamp) > configuration.maxThreadAge { return true }
        if terminator == .max { return hasNodeError && silence > configuration.errorGrace }
        let waited = now.timestamp.saturatingMinus(terminatorTimestamp)
        if isWhole { return waited > configuration.resumeGrace }
        guard waited > max(configuration.reorderGrace, configuration.resumeGrace) else { return false }
        return mode == .replay || now.offset.saturatingMinus(terminatorOffset) >= configuration.reorderGraceRecords
    }
}
