import DashStream
import JSON

extension ThreadStage {
    /// A restart begins: below the plan's position only what was open is taken up again. Next come ``adopt(_:parts:)`` for
    /// every entry that was spilled, and ``loseHead(before:)``, then the records from where the checkpoint says.
    ///
    /// - Parameters:
    ///   - plan: what the checkpoint says.
    ///   - partition: the partition's number.
    ///   - topic: the number of its topic among those of the input.
    public mutating func begin(_ plan: RestorePlan, partition: Int32, topic: Int32 = 0) {
        assembler.restore = Restore(plan, partition: partition, topic: topic)
        if let time = plan.streamTime { assembler.streamTime = max(assembler.streamTime, time) }
        lastRecord = LogAnchor(lastOffset: plan.anchor.lastOffset, lastSum: plan.anchor.lastSum)
    }

    /// Takes back the parts of a spilled thread, by number from 0.
    ///
    /// - Parameters:
    ///   - first: the plan's entry's.
    ///   - parts: the values of its records.
    /// - Throws: why they are not the thread; then the restart cannot go on.
    public mutating func adopt(_ first: RestorePlan.First, parts: [[UInt8]]) throws(SpillProblem) {
        try assembler.adopt(first, parts: parts)
    }

    /// The log begins at `start`: threads of the plan that need what lay before it end once, as incomplete.
    ///
    /// - Returns: how many; they are in ``finished``.
    @discardableResult
    public mutating func loseHead(before start: Int64) -> Int {
        let lost = assembler.takeLost(before: start)
        for thread in lost { loseHead(thread) }
        return lost.count
    }

    /// The restart has reached the position it began from.
    public mutating func endRestore() {
        guard let restore = assembler.restore else { return }
        knownProblem = restore.problem
        for record in assembler.finished.all { assembler.opens.open(record.entry, slot: -1) }
        for entry in waiting.entries { assembler.opens.open(entry, slot: -1) }
        let missing = assembler.endRestore()
        drain()
        // not where the checkpoint says: deleted while the restart was reading
        for entry in missing { loseHead(LostThread(entry, restore)) }
        noteSpilledClaims()
        claims.renounce(registry)
    }

    /// Ends a restart whose position is the end of the log.
    public mutating func endRestoreIfReached(_ position: Int64) {
        if let restore = assembler.restore, position >= restore.plan.position { endRestore() }
    }

    /// Still reading what was read before the restart.
    public var isRestoring: Bool {
        // as `hasUnread`: asked for every record
        mutating get { assembler.restore != nil }
    }

    /// Why the log is not the one that the checkpoint was written for; nil where nothing says so.
    public var restoreProblem: RestoreProblem? { assembler.restore?.problem ?? knownProblem }

    private mutating func loseHead(_ thread: LostThread) {
        let trajectory = thread.trajectory
        counters.count(trajectory)
        finished.append(
            .excluded(ExcludedThread(trajectory, pairing: nil, reason: .incomplete, detail: .headLost))
        )
    }
}

/// A thread of a checkpoint whose records are gone.
struct LostThread {
    let trajectory: Trajectory

    /// - Parameter key: the thread's, where its parts tell it.
    init(_ entry: OpenEntry, _ restore: Restore, key: ThreadKey = ThreadKey(tenant: Text(""), thread: Text(""))) {
        let source = SourceRange(
            partition: restore.partition,
            firstOffset: entry.first.offset,
            lastOffset: entry.cut.map { $0.saturatingMinus(1) } ?? entry.first.offset,
            topic: restore.topic
        )
        trajectory = Trajectory(key: key, source: source, entry: entry)
    }
}

extension Assembler {
    /// Takes out of the plan what needs records before `start`.
    mutating func takeLost(before start: Int64) -> [LostThread] {
        guard var restore else { return [] }
        var lost: [LostThread] = []
        for entry in restore.plan.entries where entry.low < start {
            if restore.entries.removeValue(forKey: entry.first) != nil
                || restore.awaited.removeValue(forKey: entry.first) != nil
            {
                lost.append(LostThread(entry, restore))
            } else if let (hash, number) = restore.place(of: entry.first),
                var thread = restore.parked[hash]?.remove(at: number)
            {
                var bytes: [UInt8] = []
                store.copy(thread.payload, into: &bytes)
                store.release(&thread.payload)
                guard let key = Self.key(bytes, thread) else { continue }
                lost.append(LostThread(entry, restore, key: key))
            }
        }
        self.restore = restore
        return lost
    }
}

extension Restore {
    /// Where a spilled thread is parked.
    func place(of first: RestorePlan.First) -> (UInt64, Int)? {
        for (hash, threads) in parked {
            if let number = threads.firstIndex(where: { $0.first == first }) { return (hash, number) }
        }
        return nil
    }
}
