extension ThreadStage {
    /// Spills every thread that a restart would have to read too far back for. The parts belong into the transaction that
    /// commits the checkpoint, whose entries name them from now on; the records' keys stay the same if it has to be sent
    /// again.
    ///
    /// - Parameters:
    ///   - position: the next offset to be read.
    ///   - horizon: how far is too far.
    public mutating func spill(at position: Int64, horizon: SpillHorizon) -> [SpilledPart] {
        assembler.spill(at: position, horizon: horizon)
    }

    /// Notes where a part was written, so that the checkpoint can say so.
    ///
    /// - Returns: false where its thread is open no more.
    @discardableResult
    public mutating func placed(_ part: SpilledPart, partition: Int32, offset: Int64) -> Bool {
        assembler.placed(part, partition: partition, offset: offset)
    }

    /// Hands over the keys of parts whose threads ended without any fate (of auxiliary messages only), to be written as
    /// tombstones.
    public mutating func takeSpentParts() -> [[UInt8]] {
        defer { assembler.spent.removeAll() }
        return assembler.spent
    }

    /// What the checkpoint says so that a restart can tell its log from another one.
    ///
    /// - Parameter entries: all that the checkpoint names.
    public func anchor(of entries: [OpenEntry]) -> LogAnchor {
        LogAnchor(lowKey: entries.min()?.keySum, lastOffset: lastRecord.lastOffset, lastSum: lastRecord.lastSum)
    }

    /// The same of all that is open now.
    package var anchor: LogAnchor {
        LogAnchor(
            lowKey: assembler.opens.lowest?.keySum,
            lastOffset: lastRecord.lastOffset,
            lastSum: lastRecord.lastSum
        )
    }

    /// Sums a record up, and checks it where a restart knows its sum; true where it was read before.
    mutating func passes(_ position: RecordPosition, _ key: RawSpan?, _ value: RawSpan?) -> Bool {
        if let restore = assembler.restore, position.offset >= restore.plan.position { endRestore() }
        guard assembler.mode == .live else { return false }
        if let restore = assembler.restore {
            if restore.plan.anchor.lastOffset == position.offset,
                restore.plan.anchor.lastSum != Self.sum(key, value)
            {
                assembler.restore?.problem = .otherRecord(position.offset)
            }
            return true
        }
        lastRecord = LogAnchor(lastOffset: position.offset, lastSum: Self.sum(key, value))
        return false
    }

    /// 32 bits that tell a record from another one: its key, its size, and the ends of its value. Not its timestamp, which
    /// counts as −1 where it is not believed.
    private static func sum(_ key: RawSpan?, _ value: RawSpan?) -> UInt32 {
        var hash = ByteHash(seed: UInt64(key?.byteCount ?? 0xFFFF) << 32 ^ UInt64(value?.byteCount ?? 0xFFFF_FFFF))
        if let key { hash.combine(key) }
        if let value {
            let size = value.byteCount
            hash.combine(value.extracting(0..<min(64, size)))
            hash.combine(value.extracting(max(0, size - 64)..<size))
        }
        return UInt32(truncatingIfNeeded: hash.value)
    }
}
