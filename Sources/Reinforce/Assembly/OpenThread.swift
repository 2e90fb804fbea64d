import DashStream

/// A thread that is not over yet: its messages as they came, and what decides when it is over.
struct OpenThread {
    let hash: UInt64
    // small fields stand beside each other: open threads are many
    /// 32 bits of a hash of its key, for the anchor (live).
    var keySum: UInt32 = 0
    let tenantCount: UInt32
    let threadCount: UInt32
    /// Which message of the record at `firstOffset` opened the thread.
    let firstIndex: UInt32
    let partition: Int32
    let topic: Int32
    var duplicates: UInt32 = 0
    var hasNodeError = false
    var hasMain = false
    var hasTraceparent = false
    /// Set when a limit, not the thread itself, ended it.
    var cut = false
    /// Tenant and thread id, then the stored messages.
    var payload = BlockChain()
    var entries: [ThreadEntry] = []
    /// The main lane holds every sequence from 1 to this one.
    var contiguous: UInt64 = 0
    /// Sequence of the first GRAPH_START; `.max` while there is none.
    var start: UInt64 = .max
    /// A terminator counts above this sequence: the first GRAPH_START's, or a resuming one's.
    var floor: UInt64 = .max
    /// Sequence of the first terminator after it; `.max` while there is none.
    var terminator: UInt64 = .max
    /// Sequences of all terminators, in order.
    private var terminators: [UInt64] = []
    var terminatorTimestamp: Int64 = 0
    /// Offset of the record that brought the terminator.
    var terminatorOffset: Int64 = 0
    let firstOffset: Int64
    var lastOffset: Int64
    let firstTimestamp: Int64
    var lastTimestamp: Int64
    /// Bytes of the partition that had been read at the last cut, or when the thread opened.
    var readAt = 0
    /// What few threads have; one or none.
    var rare: [Rare] = []

    init(hash: UInt64, tenantCount: Int, threadCount: Int, at position: RecordPosition, index: Int) {
        self.hash = hash
        self.tenantCount = UInt32(truncatingIfNeeded: tenantCount)
        self.threadCount = UInt32(truncatingIfNeeded: threadCount)
        partition = position.partition
        topic = position.topic
        firstOffset = position.offset
        firstIndex = UInt32(truncatingIfNeeded: index)
        lastOffset = position.offset
        firstTimestamp = position.timestamp
        lastTimestamp = position.timestamp
    }

    /// The message that opened it.
    var first: RestorePlan.First { RestorePlan.First(offset: firstOffset, index: Int(firstIndex)) }

    /// What a checkpoint says of it.
    func entry(end: RestorePlan.First? = nil) -> OpenEntry {
        var entry = OpenEntry(first: first, end: end, standIn: standIn, cut: spill.cut, parts: spill.parts)
        entry.keySum = keySum
        return entry
    }

    /// Takes note of an accepted message's place in the main lane.
    mutating func note(_ entry: ThreadEntry, at position: RecordPosition, resumeGrace: Int64) {
        guard entry.isMain else { return }
        hasMain = true
        advance(entry.sequence)
        let flags = entry.flags
        if flags.contains(.nodeError) { hasNodeError = true }
        if flags.contains(.graphStart) { noteStart(entry.sequence, position, resumeGrace) }
        if flags.contains(.terminator) { noteTerminator(entry.sequence) }
        if flags.contains(.terminator), floor == .max || entry.sequence > floor, entry.sequence < terminator {
            end(at: entry.sequence, position)
            if resumeGrace > 0, let later = resumption(after: entry.sequence) { resume(at: later) }
        }
    }

    /// Remembers where a terminator is; how many there may be nobody says.
    mutating func noteTerminator(_ sequence: UInt64) {
        terminators.insert(sequence, at: terminators.partition(above: sequence))
    }

    private mutating func noteStart(_ sequence: UInt64, _ position: RecordPosition, _ resumeGrace: Int64) {
        if sequence < start {
            let last = terminator
            if floor == start { floor = sequence }
            start = sequence
            findTerminator()
            if terminator != last { end(at: terminator, position) }
        } else if resumeGrace > 0, terminator != .max, sequence > terminator,
            position.timestamp.saturatingMinus(terminatorTimestamp) <= resumeGrace
        {
            resume(at: sequence)
        }
    }

    private mutating func end(at sequence: UInt64, _ position: RecordPosition) {
        terminator = sequence
        terminatorTimestamp = position.timestamp
        terminatorOffset = position.offset
    }

    /// The run goes on behind its interrupt: only a terminator after the new start ends it.
    private mutating func resume(at sequence: UInt64) {
        floor = sequence
        terminator = .max
        findTerminator()
    }

    private func resumption(after sequence: UInt64) -> UInt64? {
        entries.lazy.filter { $0.flags.contains(.graphStart) && $0.sequence > sequence }.map(\.sequence).min()
    }

    /// Every main-lane message from the first to the terminator is there.
    @inline(__always)
    var isWhole: Bool { terminator != .max && contiguous >= terminator }

    private mutating func advance(_ sequence: UInt64) {
        if sequence == contiguous &+ 1 {
            contiguous = sequence
            guard !rare.isEmpty else { return }
            while rare[0].ahead.remove(contiguous &+ 1) != nil { contiguous &+= 1 }
        } else if sequence > contiguous {
            change { $0.ahead.insert(sequence) }
        }
    }

    /// An earlier start may make an earlier terminator count, or the first one count no more.
    private mutating func findTerminator() {
        let next = terminators.partition(above: floor)
        terminator = next < terminators.count ? terminators[next] : .max
    }
}

extension [UInt64] {
    /// In ascending numbers, the index of the first one above `limit`.
    fileprivate func partition(above limit: UInt64) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] <= limit { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
