import DashStream

extension ThreadStage {
    /// Closes every thread that is over at `time`, and decides those whose pairing or example has not come in time.
    ///
    /// - Parameters:
    ///   - time: the partition's time, milliseconds.
    ///   - offset: the next one to be read.
    ///   - limit: bytes of threads that are over and not read yet beyond which no further one is closed.
    /// - Returns: whether there are more.
    @discardableResult
    public mutating func closeSilent(at time: Int64, offset: Int64, limit: Int = .max) -> Bool {
        guard !isRestoring else { return false }
        latestTime = max(latestTime, time)
        let isMore = assembler.closeSilent(at: time, offset: offset, limit: limit)
        drain()
        for trajectory in waiting.takeExpired(at: now) { decide(trajectory, mayWait: false) }
        forgetPairings()
        return isMore
    }

    /// The partition's time has come to `time` though no record says so: it does not go back from there.
    public mutating func pass(to time: Int64) { latestTime = max(latestTime, time) }

    /// Time passes for threads that wait for their pairing or their example alone: reading has stopped, and whoever waited for
    /// the partition's time would wait for ever.
    public mutating func passWaiting(_ milliseconds: Int64) { waiting.pass(milliseconds) }

    /// Pairing records leave by age, unless their thread is still open; twice the age, so that a thread whose records lag
    /// behind the stream finds what a restart would read for it.
    private mutating func forgetPairings() {
        guard registry.count + outside.records.count > 0,
            lastForgotten.map({ now.saturatingMinus($0) > max(1000, grace.age / 16) }) ?? true
        else { return }
        lastForgotten = now
        let needed = Set(claims.open.map(\.key)).union(waiting.keys)
        registry.forget(before: now.saturatingMinus(grace.age.saturatingTimes(2)), unless: needed.contains)
        let oldest = now.saturatingMinus(grace.age.saturatingPlus(outside.before).saturatingPlus(outside.grace))
        outside.records.forget(before: oldest, unless: needed.contains)
    }

    /// Largest believable timestamp so far, milliseconds; nil before the first.
    public var streamTime: Int64? { assembler.streamTime == .min ? nil : assembler.streamTime }
    /// Threads that are open.
    public var openThreads: Int { assembler.openCount }
    /// Threads that are over and wait for their pairing or their example.
    public var waitingThreads: Int { waiting.count }
    /// Bytes that open threads hold.
    public var openBytes: Int { assembler.store.bytesInUse }
    /// Bytes that the memory of what is closed holds.
    public var memoryBytes: Int { assembler.memory.bytes }

    /// What the checkpoint says: every open thread, and every one that waits. Threads in ``finished`` are not among them:
    /// a commit without their output adds ``FinishedThread/entry``.
    public var openEntries: [OpenEntry] {
        assembler.openEntries + assembler.finished.all.map(\.entry) + waiting.entries
    }

    /// How many that are.
    package var openEntryCount: Int { assembler.opens.count }
    /// Counts changes of them.
    package var openVersion: UInt64 { assembler.opens.version }
    /// The least offset that a restart would read for any of them.
    package var lowOffset: Int64? { assembler.opens.lowest?.low }

    /// Hands over how they have changed since this was asked last.
    package mutating func takeOpenChanges() -> OpenChanges { assembler.opens.takeChanges() }

    /// Whether ``closeSilent(at:offset:limit:)`` may find something.
    package func isDue(at time: Int64, offset: Int64) -> Bool {
        assembler.restore == nil && (assembler.isDue(at: time, offset: offset) || waiting.isDue(at: max(now, time)))
    }

    /// The messages that opened them.
    public var openFirsts: [RestorePlan.First] { openEntries.map(\.first) }
}
