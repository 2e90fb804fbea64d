public import DashStream

/// The stage in two halves, for logs that do not fit into memory: records are taken apart, their messages put away, and
/// assembled later, thread by thread. Together the halves do what ``receive(key:value:at:traceparent:)`` does.
extension ThreadStage {
    /// Decodes and counts one record, and hands its messages out instead of assembling them.
    ///
    /// - Parameter body: called with each message, its index within the record, and the partition's time before it.
    /// - Returns: why the record is poison; nil where it is not.
    public mutating func unpack(
        key: RawSpan?,
        value: RawSpan?,
        at position: RecordPosition,
        _ body: (borrowing DashStream.Unit, _ index: Int, _ streamTime: Int64) -> Void
    ) -> Poison? {
        counters.records += 1
        counters.bytes += value?.byteCount ?? 0
        if position.timestamp < 0 { assembler.counters.clampedTimestamps += 1 }
        do {
            try Self.unpack(key, value, position, &decoder, &assembler, &counters, body)
        } catch {
            counters.poison[error.reason, default: 0] += 1
            return error
        }
        counters.frames.count(at: decoder.framing.rawValue)
        return nil
    }

    private static func unpack(
        _ key: RawSpan?,
        _ value: RawSpan?,
        _ position: RecordPosition,
        _ decoder: inout FrameDecoder,
        _ assembler: inout Assembler,
        _ counters: inout StageCounters,
        _ body: (borrowing DashStream.Unit, Int, Int64) -> Void
    ) throws(Poison) {
        let message = try decoder.decode(value)
        counters.kinds.count(at: Int(message.kind.rawValue) - 1)
        var units = message.units()
        var index = 0
        while let unit = units.next() {
            if let key, !key.hasSameBytes(as: unit.header.threadID) {
                assembler.counters.foreignKey += 1
                assembler.oddities.note(.foreignKey, unit, at: position)
            }
            body(unit, index, assembler.streamTime)
            assembler.streamTime = max(assembler.streamTime, position.timestamp)
            index += 1
        }
        if message.kind == .eventBatch { counters.batchedEvents += index }
    }

    /// Takes one message that was put away; those of a thread come in the order of the log.
    ///
    /// - Parameter streamTime: the partition's time before it.
    public mutating func receive(
        _ unit: borrowing DashStream.Unit,
        index: Int,
        at position: RecordPosition,
        streamTime: Int64,
        traceparent: RawSpan?
    ) {
        assembler.streamTime = streamTime
        assembler.receive(unit, index: index, at: position, traceparent: traceparent)
        drain()
    }

    /// Forgets the threads that are over; what came after their ends is told.
    public mutating func forget() -> (duplicates: Int, late: Int) {
        defer { assembler.closed.removeAll() }
        return assembler.closed.all.reduce(into: (0, 0)) { sum, thread in
            sum.0 += thread.duplicates
            sum.1 += thread.late
        }
    }

    /// Bytes that threads hold, roughly: open ones, those that are over and not read yet, those that wait for a pairing or an
    /// example; in a replay, which forgets nothing, finished and closed ones too.
    public var heldBytes: Int {
        // asked after every record: a stage that is only read would be laid out anew for it
        mutating get {
            assembler.store.bytesInUse + assembler.table.count * 400 + assembler.finishedBytes + waiting.bytes
                + closedBytes + finishedBytes
        }
    }
}

extension FinishedThread {
    /// Bytes that it holds, roughly.
    var heldBytes: Int {
        switch self {
        case .rollout(let rollout): rollout.trajectory.heldBytes
        case .excluded(let thread): thread.trajectory.heldBytes
        }
    }
}

extension Trajectory {
    /// Bytes that it holds, roughly.
    var heldBytes: Int {
        let requests = calls.reduce(0) { $0 + $1.byteCount }
        return 1200 + arena.capacity + nodes.capacity * MemoryLayout<NodeExecution>.stride
            + (fields.capacity + finalFields.capacity) * MemoryLayout<SampleField>.stride + places.count * 256
            + missingSequences.count * 8 + requests
            + nodes.reduce(0) { $0 + $1.rewards.count * MemoryLayout<TraceReward>.stride }
    }
}

extension ThreadStage {
    /// Hands over the threads that are over.
    public mutating func takeFinished() -> [FinishedThread] {
        defer { finished.removeAll() }
        return finished
    }

    /// Lets the counts be corrected by what is known of several partitions only.
    public mutating func count(_ body: (inout StageCounters) throws -> Void) rethrows { try body(&counters) }
}
