import JSON

extension Assembler {
    /// Takes one generation of a spilled thread; false where it is not what a spill writes.
    mutating func take(_ generation: [UInt8], of first: RestorePlan.First, into thread: inout OpenThread?) -> Bool {
        let span = unsafe generation.span.bytes
        var reader = StoredReader(span, at: 0)
        guard let tenant = reader.bytes(), let id = reader.bytes(), Text(utf8: tenant) != nil, Text(utf8: id) != nil,
            let sum = reader.varint(), let partition = reader.varint(), let openedAt = reader.varint()
        else { return false }
        var grown =
            thread ?? opened(tenant, id, first, Int32(truncatingIfNeeded: partition), Int64(bitPattern: openedAt))
        grown.keySum = UInt32(truncatingIfNeeded: sum)
        guard grown.readState(&reader), let count = reader.varint(), count <= UInt64(span.byteCount) else {
            return false
        }
        var flags: [LaneFlags] = []
        for _ in 0..<count {
            guard let value = reader.varint(), value < 16 else { return false }
            flags.append(LaneFlags(rawValue: UInt32(value) << 28))
        }
        guard let messages = reader.bytes(), reader.offset == span.byteCount,
            append(messages, flags, to: &grown)
        else { return false }
        thread = grown
        return true
    }

    private mutating func opened(
        _ tenant: RawSpan,
        _ id: RawSpan,
        _ first: RestorePlan.First,
        _ partition: Int32,
        _ timestamp: Int64
    ) -> OpenThread {
        var thread = OpenThread(
            hash: keyHash(tenant, id),
            tenantCount: tenant.byteCount,
            threadCount: id.byteCount,
            at: RecordPosition(
                partition: partition,
                offset: first.offset,
                timestamp: timestamp,
                topic: restore?.topic ?? 0
            ),
            index: first.index
        )
        store.append(tenant, to: &thread.payload)
        store.append(id, to: &thread.payload)
        return thread
    }

    /// Appends stored messages with their lanes; false where they do not fit each other.
    private mutating func append(_ messages: RawSpan, _ flags: [LaneFlags], to thread: inout OpenThread) -> Bool {
        let base = Int(thread.payload.count)
        var reader = StoredReader(messages, at: 0)
        for flag in flags {
            let position = reader.offset
            // id, kind, record time, sequence, event time, body, traceparent
            guard let id = reader.bytes(), reader.varint() != nil, reader.varint() != nil,
                let sequence = reader.varint(), reader.varint() != nil, reader.bytes() != nil, reader.bytes() != nil
            else { return false }
            thread.entries.append(
                ThreadEntry(
                    sequence: sequence,
                    position: UInt32(truncatingIfNeeded: base + position),
                    idHash: identityHash(id),
                    flags: flag
                )
            )
            if flag.contains(.terminator) { thread.noteTerminator(sequence) }
            if !flag.contains(.auxiliary), sequence > thread.contiguous {
                thread.change { $0.ahead.insert(sequence) }
            }
        }
        guard reader.offset == messages.byteCount else { return false }
        // what an earlier generation lacked may have come since
        let contiguous = thread.contiguous
        if !thread.rare.isEmpty { thread.change { $0.ahead = $0.ahead.filter { $0 > contiguous } } }
        store.append(messages, to: &thread.payload)
        thread.indexEntries()
        return true
    }
}
