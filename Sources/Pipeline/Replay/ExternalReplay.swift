import Files
import JSON
import Problems
import Reinforce

/// The second half of a replay whose input does not fit into memory: threads, groups and ledger lines pass through
/// temporary files, each sorted into the order in which the next step wants it. The output is the same.
final class ExternalReplay {
    private let options: ReplayOptions
    private let memory: Int
    private let byGroup: ExternalSorter
    private let byTime: ExternalSorter
    private let lines: ExternalSorter?
    private let observer: (any ReplayObserver)?
    private var book: FateBook
    private var policies = PolicyHistory()
    /// What came after the ends of threads whose line is not written yet.
    private var after: [ThreadKey: (duplicates: Int, late: Int)] = [:]

    /// - Parameter keepsLedger: somebody wants the lines.
    init(_ options: ReplayOptions, keepsLedger: Bool, observer: (any ReplayObserver)? = nil) {
        self.observer = observer
        self.options = options
        memory = options.memoryBudget / 12
        byGroup = ExternalSorter(limit: memory)
        byTime = ExternalSorter(limit: memory)
        lines = keepsLedger ? ExternalSorter(limit: memory) : nil
        book = FateBook([], keepsEntries: keepsLedger, observer: observer)
    }

    /// Assembles the threads of `units`, decides their groups and writes everything.
    func run(
        _ units: UnitSorter,
        topics: [Text],
        output: (any BatchOutput)?,
        ledger: OutputFile?,
        _ summary: inout ReplaySummary
    ) throws {
        var notices = NoticeTally()
        var stage = ThreadStage(
            options.stage,
            mode: .replay,
            examples: options.examples,
            registry: options.registry
        )
        book.topics = topics.map(\.string)
        try units.forEachThread(&stage) { pieces, duplicates, late, counters in
            for thread in FinishedThread.oncePerKey(pieces, &counters) {
                notices.note(lateIn: thread, topics: self.book.topics)
                try self.receive(thread, (duplicates, late))
            }
        }
        if stage.hasOddities { notices.note(stage.takeOddities(), topics: book.topics) }
        summary.notices.add(notices)
        summary.stage.add(stage.counters)
        summary.assembly.add(stage.assembly)
        try decide(&summary)
        try emit(GroupEmitter(options, topics: topics, output: output), &summary)
        summary.note(book)
        if let ledger { try lines?.forEach { _, line throws in try ledger.write(line: Array(line)) } }
    }

    private func receive(_ thread: FinishedThread, _ after: (duplicates: Int, late: Int)) throws {
        switch thread {
        case .excluded(let excluded):
            if after != (0, 0) { self.after[thread.key] = after }
            book.add(LedgerEntry(excluded))
            try putLinesAway()
        case .rollout(let rollout):
            policies.note(rollout)
            var key = SortKey()
            key.append(rollout.groupKey)
            try byGroup.add(key: key.bytes, value: Self.encode(rollout, after))
        }
    }

    /// Every group in the order of its key: it is decided to know when it leaves.
    private func decide(_ summary: inout ReplaySummary) throws {
        let decider = decider()
        var members: [[UInt8]] = []
        var current: [UInt8] = []
        func close() throws {
            guard !members.isEmpty else { return }
            let rollouts = try members.map { try Self.decode($0[...]).rollout }.sorted { $0.key < $1.key }
            guard let key = rollouts.first?.groupKey, let group = decider.decide(key, rollouts) else { return }
            observer?.decided(group, policies)
            summary.note(group)
            guard group.status == .ok else {
                try note(members)
                book.close(EndedGroup(group))
                return try putLinesAway()
            }
            var order = SortKey()
            order.append(signed: group.decidedAt)
            order.append(key)
            var value: [UInt8] = []
            for member in members {
                value.append(little: UInt64(member.count), 4)
                value += member
            }
            try byTime.add(key: order.bytes, value: value)
        }
        try byGroup.forEach { key, value throws in
            if !key.elementsEqual(current) {
                try close()
                members = []
                current = Array(key)
            }
            members.append(Array(value))
        }
        try close()
    }

    /// Every group that counts, in the order of its time.
    private func emit(_ first: GroupEmitter, _ summary: inout ReplaySummary) throws {
        let decider = decider()
        var emitter = first
        var window: [DecidedGroup] = []
        var bytes = 0
        try byTime.forEach { _, value throws in
            var members: [[UInt8]] = []
            var rest = value
            while rest.count >= 4 {
                let count = rest.prefix(4).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
                members.append(Array(rest.dropFirst(4).prefix(count)))
                rest = rest.dropFirst(4 + count)
            }
            try note(members)
            let rollouts = try members.map { try Self.decode($0[...]).rollout }.sorted { $0.key < $1.key }
            guard let key = rollouts.first?.groupKey, let group = decider.decide(key, rollouts) else { return }
            window.append(group)
            bytes += value.count * 4
            guard window.count == 512 || bytes >= memory else { return }
            try emitter.emit(window[...], &book, &summary)
            window.removeAll(keepingCapacity: true)
            bytes = 0
            try putLinesAway()
        }
        try emitter.emit(window[...], &book, &summary)
        try emitter.finish(&book, &summary)
        try putLinesAway()
    }

    private func decider() -> GroupDecider {
        GroupDecider(
            options.groups,
            estimator: options.estimator,
            rewards: options.stage.rewards,
            examples: options.examples,
            policies: policies,
            ranks: options.ranks
        )
    }

    /// Remembers what came after the ends of a group's members.
    private func note(_ members: [[UInt8]]) throws {
        guard lines != nil else { return }
        for member in members {
            let (rollout, counts) = try Self.decode(member[...])
            if counts != (0, 0) { after[rollout.key] = counts }
        }
    }

    private func putLinesAway() throws {
        guard let lines else { return }
        for var entry in book.takeEntries() {
            if let counts = after.removeValue(forKey: entry.key) {
                entry.duplicates += counts.duplicates
                entry.late += counts.late
            }
            var key = SortKey()
            key.append(entry.key.tenant.utf8)
            key.append(entry.key.thread.utf8)
            var line: [UInt8] = []
            entry.append(to: &line)
            try lines.add(key: key.bytes, value: line)
        }
    }

    private static func encode(_ rollout: Rollout, _ after: (duplicates: Int, late: Int)) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(little: UInt64(after.duplicates), 8)
        bytes.append(little: UInt64(after.late), 8)
        return bytes + ScoredRecord.scored(rollout).encoded()
    }

    private static func decode(_ bytes: ArraySlice<UInt8>) throws -> (
        rollout: Rollout, after: (duplicates: Int, late: Int)
    ) {
        let all = Array(bytes)
        let span = unsafe all.span.bytes
        var reader = LittleEndianReader(span)
        guard let duplicates = reader.integer(8), let late = reader.integer(8),
            case .scored(let rollout) = try ScoredRecord(decoding: span.extracting(16..<span.byteCount))
        else { throw PipelineProblem(.internal, "a temporary file came back damaged") }
        return (rollout, (Int(duplicates), Int(late)))
    }
}

extension SortKey {
    fileprivate mutating func append(_ key: GroupKey) {
        append(key.tenant.utf8)
        append(key.group.utf8)
    }
}
