import DashStream
import JSON

/// Assembles the messages of one partition into threads. A pure fold: records in, finished threads out.
struct Assembler: ~Copyable {
    let configuration: AssemblyConfiguration
    let mode: AssemblyMode
    let seed: UInt64
    var counters = AssemblyCounters()
    var oddities = Oddities()
    var threads: [OpenThread?] = []
    var free: [Int] = []
    var table = ThreadTable()
    var store = BlockStore()
    /// Threads that are over (replay): nothing is forgotten.
    var closed = ClosedThreads()
    /// What the last offsets tell of them (live).
    var memory: ClosedMemory
    /// Threads that are over and were not read yet.
    var finished = Queue<ThreadRecord>()
    /// Bytes that they hold.
    var finishedBytes = 0
    /// Largest believable timestamp of the partition; `.min` before the first.
    var streamTime = Int64.min
    /// What a restart takes up again below the committed position.
    var restore: Restore?
    /// Bytes of the partition that were read.
    var bytesRead = 0
    /// Keys of parts that no thread with a fate stands for any more.
    var spent: [[UInt8]] = []
    /// What a checkpoint says of threads that are open, or over without committed output (live).
    var opens = OpenList()
    /// When open threads must be looked at, by the partition's time, and by the next offset to be read (live).
    var timers = TimerQueue()
    var offsetTimers = TimerQueue()
    private var scratch: [UInt8] = []
    let sha = SHA256()

    init(_ configuration: AssemblyConfiguration, mode: AssemblyMode, seed: UInt64) {
        self.configuration = configuration
        self.mode = mode
        self.seed = seed
        memory = ClosedMemory(records: configuration.closedMemoryRecords)
    }

    /// Threads that are open.
    var openCount: Int { table.count }

    /// Takes one message. `timestamp` −1 at `position` means: not to be believed.
    @discardableResult
    mutating func receive(
        _ unit: borrowing DashStream.Unit,
        index: Int,
        at record: RecordPosition,
        traceparent: RawSpan?,
        lookUp: (() -> [UInt8]?)? = nil
    ) -> Reception {
        let hash = keyHash(unit.header.tenantID, unit.header.threadID)
        let reception =
            restore == nil
            ? receiveNew(unit, hash, index, record, traceparent, lookUp)
            : receiveAgain(unit, hash, index, record, traceparent, lookUp)
        if mode == .live, remembers(record.offset) {
            memory.note(MessageID(unit.header.messageID, sha), of: memoryKey(unit, hash), at: record.offset)
        }
        return reception
    }

    private mutating func receiveNew(
        _ unit: borrowing DashStream.Unit,
        _ hash: UInt64,
        _ index: Int,
        _ record: RecordPosition,
        _ traceparent: RawSpan?,
        _ lookUp: (() -> [UInt8]?)?
    ) -> Reception {
        var slot = find(hash, unit.header.tenantID, unit.header.threadID)
        let position = believable(record, slot)
        if record.timestamp >= 0, record.timestamp > streamTime { streamTime = record.timestamp }
        if let open = slot, isOver(open, at: position) {
            finish(open, end: RestorePlan.First(offset: record.offset, index: index))
            slot = nil
        }
        if let slot { return accept(unit, slot, index, position, traceparent, lookUp) }
        if let reception = receiveClosed(unit, hash, position) { return reception }
        let opened = open(unit, hash, index, position)
        if record.timestamp < 0 { threads[opened]?.standIn = position.timestamp }
        if mode == .live, let entry = threads[opened]?.entry() { opens.open(entry, slot: opened) }
        return accept(unit, opened, index, position, traceparent, lookUp)
    }

    /// The position with a time: one that cannot be believed stands for its thread's latest, else the partition's.
    func believable(_ record: RecordPosition, _ slot: Int?) -> RecordPosition {
        guard record.timestamp < 0 else { return record }
        let known = slot.flatMap { threads[$0]?.lastTimestamp } ?? streamTime
        var position = record
        position.timestamp = known == .min ? 0 : known
        return position
    }

    mutating func open(
        _ unit: borrowing DashStream.Unit,
        _ hash: UInt64,
        _ index: Int,
        _ position: RecordPosition
    ) -> Int {
        let header = unit.header
        var thread = OpenThread(
            hash: hash,
            tenantCount: header.tenantID.byteCount,
            threadCount: header.threadID.byteCount,
            at: position,
            index: index
        )
        thread.readAt = bytesRead
        // only a checkpoint asks for it
        if mode == .live { thread.keySum = keySum(unit) }
        store.append(header.tenantID, to: &thread.payload)
        store.append(header.threadID, to: &thread.payload)
        return place(thread)
    }

    /// Gives a thread a slot.
    mutating func place(_ thread: OpenThread) -> Int {
        let slot: Int
        if let reused = free.popLast() {
            slot = reused
            threads[slot] = thread
        } else {
            slot = threads.count
            threads.append(sparing: thread)
        }
        table.insert(thread.hash, slot: slot)
        return slot
    }

    mutating func accept(
        _ unit: borrowing DashStream.Unit,
        _ slot: Int,
        _ index: Int,
        _ position: RecordPosition,
        _ traceparent: RawSpan?,
        _ lookUp: (() -> [UInt8]?)? = nil
    ) -> Reception {
        let idHash = identityHash(unit.header.messageID)
        let acceptance = threads[slot]?.accept(
            unit,
            idHash,
            at: position,
            traceparent,
            lookUp,
            configuration,
            &store,
            &scratch
        )
        switch acceptance {
        case nil: return .over
        case .duplicate?:
            // what is read again was counted before
            if restore == nil {
                counters.duplicates += 1
                oddities.duplicates &+= 1
            }
            return .duplicate
        case .taken?: schedule(slot)
        case .started?:
            schedule(slot)
            return .started(slot: slot, at: position.timestamp)
        case .ended?: finish(slot, end: RestorePlan.First(offset: position.offset, index: index + 1))
        }
        return .accepted(at: position.timestamp)
    }
}
