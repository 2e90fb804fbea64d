import DashStream

extension GroupStage {
    /// A restart begins: below the plan's position only what was open is taken up again. To be called on a new stage,
    /// before its first record, which is the one at the plan's ``GroupRestorePlan/readsFrom(_:)`` or what follows it.
    public mutating func begin(_ plan: GroupRestorePlan) {
        clock = plan.clock
        restore = plan
        position = plan.readsFrom(configuration)
        reach(position)
    }

    /// Everything below `offset` has been read, or is of no one's concern: markers of transactions have offsets too.
    public mutating func reach(_ offset: Int64) {
        position = max(position, offset)
        guard let plan = restore, position >= plan.position else { return }
        counters.lost += plan.covered.count
        restore = nil
        dirty.formUnion(open.keys)
    }

    /// Still reading what was read before the restart.
    public var isRestoring: Bool { restore != nil }

    /// The first record of every group that is open, as a checkpoint holds it. The index of one that is decided and not
    /// written yet says how many offsets its decision covers; it is 0 for the others.
    public var openFirsts: [RestorePlan.First] {
        Array(firsts.all)
    }

    /// How they have changed.
    package var openVersion: UInt64 { firsts.version }

    /// Hands over how they have changed since this was asked last.
    package mutating func takeOpenChanges() -> OpenChanges { firsts.takeChanges() }

    static func first(_ offset: Int64, cut: Int64?) -> RestorePlan.First {
        let covered = cut.map { $0.saturatingMinus(offset) } ?? 0
        // one that has waited for so long is decided anew
        return RestorePlan.First(offset: offset, index: (0...Int64(Int32.max)).contains(covered) ? Int(covered) : 0)
    }

    /// L: the first offset that an open group needs.
    public var lowOffset: Int64 {
        min(position, firsts.lowest ?? .max)
    }

    /// M: the least offset of the memory of closed groups.
    public var lowMemory: Int64 {
        max(0, clock.memoryStart(at: position, records: configuration.closedMemoryRecords))
    }

    /// What a restart from here would read from; everything below may be deleted once this state is committed.
    public var readsFrom: Int64 { min(lowOffset, lowMemory) }

    /// Groups that are open: undecided, or not written yet.
    public var openGroups: Int { open.count + decided.count }
}
