import DashStream

extension Assembler {
    /// Spills every thread that a restart would have to read too far back for: what each has gained since its last cut, as
    /// its next parts; the cut moves to `position`, the next offset to be read.
    mutating func spill(at position: Int64, horizon: SpillHorizon) -> [SpilledPart] {
        guard mode == .live, restore == nil else { return [] }
        let far = Array(
            opens.slots.prefix { slot in
                guard let thread = threads[slot] else { return false }
                return position.saturatingMinus(thread.spill.cut ?? thread.firstOffset) > horizon.records
                    || bytesRead - thread.readAt > horizon.bytes
            }
        )
        var parts: [SpilledPart] = []
        for slot in inOrder(far) { parts += spill(slot, at: position, horizon.partBytes) }
        return parts
    }

    private mutating func spill(_ slot: Int, at position: Int64, _ partBytes: Int) -> [SpilledPart] {
        guard var thread = threads[slot].take() else { return [] }
        let old = thread.entry()
        defer {
            opens.change(old, to: thread.entry(), slot: slot)
            threads[slot] = thread
        }
        thread.spill.cut = position
        thread.spill.readAt = bytesRead
        let isNews = thread.entries.count > thread.spill.entries || thread.duplicates != thread.spill.duplicates
        guard isNews || thread.spill.parts.isEmpty else { return [] }
        var payload: [UInt8] = []
        store.copy(thread.payload, into: &payload)
        var bytes: [UInt8] = []
        thread.appendGeneration(payload, to: &bytes)
        thread.spill.entries = thread.entries.count
        thread.spill.bytes = payload.count
        thread.spill.duplicates = thread.duplicates
        var parts: [SpilledPart] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + max(1, partBytes - 2))
            // format, and whether more of this generation follows
            let value = [SpillFormat.current, end < bytes.count ? 1 : 0] + bytes[start..<end]
            let part = SpilledPart(first: thread.first, number: thread.spill.parts.count, bytes: value, slot: slot)
            thread.spill.parts.append(PartReference(partition: 0, offset: -1, sum: part.sum))
            parts.append(part)
            start = end
        }
        return parts
    }

    /// Notes where a part was written; false where its thread is open no more.
    mutating func placed(_ part: SpilledPart, partition: Int32, offset: Int64) -> Bool {
        guard threads.indices.contains(part.slot), let thread = threads[part.slot], thread.first == part.first,
            thread.spill.parts.indices.contains(part.number)
        else { return false }
        threads[part.slot]?.spill.parts[part.number] = PartReference(
            partition: partition,
            offset: offset,
            sum: part.sum
        )
        if let entry = threads[part.slot]?.entry() { opens.change(thread.entry(), to: entry, slot: part.slot) }
        return true
    }

    /// Puts a spilled thread together again; it takes part once what is read lies beyond its cut.
    mutating func adopt(_ first: RestorePlan.First, parts: [[UInt8]]) throws(SpillProblem) {
        guard let entry = restore?.awaited[first] else { throw .unexpected(first) }
        guard parts.count == entry.parts.count else {
            throw .missing(first, expected: entry.parts.count, found: parts.count)
        }
        var thread: OpenThread?
        var generation: [UInt8] = []
        for (number, part) in parts.enumerated() {
            guard SpilledPart.sum(of: part) == entry.parts[number].sum, part.count > 2, part[0] == SpillFormat.current
            else { throw .damaged(first, part: number) }
            generation += part.dropFirst(2)
            if part[1] != 0 { continue }
            guard take(generation, of: first, into: &thread) else { throw .damaged(first, part: number) }
            generation = []
        }
        guard var thread, generation.isEmpty else { throw .damaged(first, part: max(0, parts.count - 1)) }
        thread.knownEnd = entry.end
        thread.standIn = entry.standIn
        thread.spill = SpillMark(
            cut: entry.cut,
            parts: entry.parts,
            entries: thread.entries.count,
            bytes: Int(thread.payload.count),
            duplicates: thread.duplicates
        )
        restore?.check(first, thread.keySum)
        restore?.awaited[first] = nil
        restore?.parked[thread.hash, default: []].append(thread)
    }
}

/// When a thread is spilled.
public struct SpillHorizon: Hashable, Sendable {
    /// Records that a restart reads again at most.
    public var records: Int64
    /// Bytes of their values at most.
    public var bytes: Int
    /// Bytes of a part at most.
    public var partBytes: Int

    /// A horizon.
    public init(records: Int64, bytes: Int = 1 << 30, partBytes: Int = SpilledPart.maxBytes) {
        self.records = records
        self.bytes = bytes
        self.partBytes = partBytes
    }
}
