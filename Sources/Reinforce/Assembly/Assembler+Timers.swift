extension Assembler {
    /// Sees to it that a thread is looked at in time, after a message has changed it. A later time than the one it has is not
    /// set: it is when that has come.
    mutating func schedule(_ slot: Int) {
        guard mode == .live, restore == nil, let wake = threads[slot]?.wake(after: nil, configuration) else { return }
        if timers[slot].map({ wake.time < $0 }) ?? true { timers.set(slot, at: wake.time) }
    }

    /// Takes out the threads that are over at `time`, in the order they were opened; the others are looked at again when
    /// they may be.
    mutating func takeDue(at time: Int64, offset: Int64) -> [Int] {
        var due: Set<Int> = []
        while let slot = timers.next(at: time) { due.insert(slot) }
        while let slot = offsetTimers.next(at: offset) { due.insert(slot) }
        guard !due.isEmpty else { return [] }
        var over: [Int] = []
        for slot in due {
            guard let thread = threads[slot] else { continue }
            let now = RecordPosition(partition: thread.partition, offset: offset, timestamp: time)
            if thread.isOver(at: now, configuration, mode) {
                over.append(slot)
            } else {
                let wake = thread.wake(after: time, configuration)
                timers.set(slot, at: wake.time)
                if let offset = wake.offset { offsetTimers.set(slot, at: offset) }
            }
        }
        return inOrder(over)
    }

    /// Whether a thread may be over at `time`.
    func isDue(at time: Int64, offset: Int64) -> Bool {
        timers.earliest.map { $0 <= time } ?? false || offsetTimers.earliest.map { $0 <= offset } ?? false
    }

    /// After a restart: every thread that was taken up gets its place and its time.
    mutating func scheduleAll() {
        guard mode == .live else { return }
        let all = threads.indices.compactMap { slot in threads[slot].map { (slot: slot, entry: $0.entry()) } }
            .sorted { $0.entry < $1.entry }
        for (slot, entry) in all {
            opens.open(entry, slot: slot)
            schedule(slot)
        }
        // for what needs an earlier offset, at least as much is read again
        var read = Int.max
        for (slot, _) in all.reversed() {
            read = min(read, threads[slot]?.readAt ?? read)
            threads[slot]?.readAt = read
        }
    }
}
