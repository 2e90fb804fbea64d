import JSON
import Testing

@testable import Pipeline
@testable import Reinforce

/// What a run of the first stage over a random log has committed.
struct CommittedOutput: Equatable {
    /// Every thread with the messages it took, in order.
    var threads: [String] = []
    var duplicates = 0
    var late = 0
    var auxiliaryLate = 0
    var auxiliaryOnly = 0
    /// Who holds a slot in the end, as the groups were told.
    var claims: [ThreadKey: String] = [:]
}

/// Runs a ``ThreadStage`` over a log: commits, crashes and restarts through the text of its checkpoints.
struct RestartRun: ~Copyable {
    private let log: RandomLog
    private let configuration: ThreadStageConfiguration
    private let horizon: SpillHorizon
    /// Commits leave some of the output behind, as when its partition is being taken away.
    private let keepsSome: Bool
    private var stage: ThreadStage
    private var offset = 0
    private var side = 0
    private var pending: [FinishedThread] = []
    private(set) var output = CommittedOutput()
    /// What the broker holds: the text beside the offset, and the records on the checkpoints topic by key.
    private var text = ""
    private var committed: Int64 = 0
    /// The whole checkpoints that went to the topic, by what points at them.
    private var wholes: [CheckpointPointer: String] = [:]
    /// Whether long lists are told by what has changed.
    private let tellsChanges: Bool
    private var series = CheckpointSeries(few: 0, fewChanges: 3)
    private(set) var changesTold = 0
    private var topic: [[UInt8]: [UInt8]] = [:]
    private var counted = AssemblyCounters()
    private var sequence: UInt64 = 0
    private(set) var crashes = 0
    private(set) var parts = 0
    private(set) var reread = 0

    init(
        _ log: RandomLog,
        _ configuration: ThreadStageConfiguration,
        _ horizon: SpillHorizon,
        keepsSome: Bool = false,
        tellsChanges: Bool = false
    ) {
        self.tellsChanges = tellsChanges
        self.keepsSome = keepsSome
        self.log = log
        self.configuration = configuration
        self.horizon = horizon
        stage = Self.stage(configuration)
    }

    private static func stage(_ configuration: ThreadStageConfiguration) -> ThreadStage {
        var examples = ExampleTable()
        if let example = example("e0") { examples.insert(example) }
        return ThreadStage(configuration, mode: .live, examples: examples)
    }

    private static func example(_ id: String) -> Example? {
        try? ExampleTable.example(Array(#"{"example_id":"\#(id)","data":{"q":"x"},"input_keys":["q"]}"#.utf8))
    }

    /// Reads the whole log; commits and crashes by chance where `random` is given, else commits once, at the end.
    mutating func run(_ random: TestRandom?) throws {
        var random = random
        if random != nil { try commit(&random) }
        while offset < log.records.count {
            receive(offset, again: false, &random)
            offset += 1
            if let time = stage.streamTime { stage.closeSilent(at: time, offset: Int64(offset)) }
            guard random != nil else { continue }
            let roll = random?.below(1000) ?? 0
            if roll < 80 { try commit(&random) } else if roll < 160 { try crash(&random) }
        }
        var last: TestRandom?
        try commit(&last)
        output.threads.sort()
    }

    private mutating func receive(_ number: Int, again: Bool, _ random: inout TestRandom?) {
        if !again { feedSides(before: number + 1) }
        let record = log.records[number]
        // the clock has moved on: what was too far ahead may not be any more
        let isBelieved = !record.isAhead || again && random?.chance(0.5) == true
        let position = RecordPosition(
            partition: 0,
            offset: Int64(number),
            timestamp: isBelieved ? record.timestamp : -1
        )
        _ = unsafe stage.receive(key: record.key.span.bytes, value: record.value.span.bytes, at: position)
    }

    private mutating func feedSides(before end: Int) {
        while side < log.sides.count, log.sides[side].offset < end {
            switch log.sides[side].content {
            case .example(let id): if let example = Self.example(id) { stage.update(example: example) }
            case .pairing(let text, let time): try? stage.note(pairing: text, recordKey: nil, timestamp: time)
            }
            side += 1
        }
    }

    private mutating func commit(_ random: inout TestRandom?) throws {
        pending += stage.finished
        stage.finished = []
        var kept: [FinishedThread] = []
        if keepsSome, random?.chance(0.3) == true { kept = pending.filter { _ in random?.chance(0.5) == true } }
        let keptFirsts = Set(kept.map(\.entry.first))
        for change in stage.takeClaims() { apply(change) }
        for thread in pending where !keptFirsts.contains(thread.entry.first) {
            output.threads.append(describe(thread))
            if case .rollout = thread { output.claims[thread.key] = nil }
            for key in thread.spentParts { topic[key] = nil }
        }
        pending = kept
        for key in stage.takeSpentParts() { topic[key] = nil }
        for part in stage.spill(at: Int64(offset), horizon: horizon) {
            topic[part.key] = part.bytes
            parts += 1
            if random?.chance(0.5) == true { stage.placed(part, partition: 3, offset: Int64(parts)) }
        }
        count()
        sequence += 1
        let entries = stage.openEntries + kept.map(\.entry)
        var checkpoint = Checkpoint(
            position: Int64(offset),
            streamTime: stage.streamTime,
            entries: entries,
            token: CommitToken(writer: 7, sequence: sequence),
            partitions: 12,
            anchor: stage.anchor(of: entries)
        )
        if tellsChanges {
            checkpoint.anchor = stage.anchor
            checkpoint = try tellChanges(checkpoint, &random)
        }
        committed = Int64(offset)
        text = checkpoint.text(group: "g", committed: committed)
        guard tellsChanges, checkpoint.base == nil else { return }
        let pointer = CheckpointPointer(partition: 0, offset: Int64(sequence), text: text)
        wholes[pointer] = text
        series.confirm(checkpoint, metadata: pointer.text)
    }

    /// The same checkpoint as changes of an earlier one; some commits fail, and what they told is told again.
    private mutating func tellChanges(_ whole: Checkpoint, _ random: inout TestRandom?) throws -> Checkpoint {
        var head = whole
        head.entries = []
        let entries = whole.entries
        let count = stage.openEntryCount
        #expect(count == entries.count)
        if random?.chance(0.2) == true {
            _ = series.next(head, version: stage.openVersion, count: count, recent: stage.takeOpenChanges()) { entries }
        }
        let told = series.next(head, version: stage.openVersion, count: count, recent: stage.takeOpenChanges()) {
            entries
        }
        if let base = told.base {
            changesTold += 1
            let earlier = try #require(wholes[base.pointer])
            let read = try Checkpoint(earlier, group: "g", committed: base.committed)
            #expect(told.whole(on: read) == whole)
        }
        return told
    }

    private mutating func count() {
        let now = stage.assembly
        output.duplicates += now.duplicates - counted.duplicates
        output.late += now.lateAfterClose - counted.lateAfterClose
        output.auxiliaryLate += now.auxiliaryAfterClose - counted.auxiliaryAfterClose
        output.auxiliaryOnly += now.auxiliaryOnly - counted.auxiliaryOnly
        counted = now
    }

    private mutating func apply(_ change: ClaimChange) {
        switch change {
        case .claim(let key, let pairing, let time): output.claims[key] = "\(pairing.groupID.string)@\(time)"
        case .withdrawal(let key, let group):
            if output.claims[key]?.hasPrefix(group.group.string + "@") == true { output.claims[key] = nil }
        }
    }

    private mutating func crash(_ random: inout TestRandom?) throws {
        crashes += 1
        pending = []
        stage = Self.stage(configuration)
        counted = AssemblyCounters()
        var checkpoint = try Checkpoint(text, group: "g", committed: committed)
        if let base = checkpoint.base {
            let earlier = try #require(wholes[base.pointer])
            checkpoint = checkpoint.whole(on: try Checkpoint(earlier, group: "g", committed: base.committed))
        }
        series = CheckpointSeries(few: 0, fewChanges: 3)
        offset = Int(committed)
        stage.begin(checkpoint.plan, partition: 0)
        for entry in checkpoint.entries where entry.cut != nil {
            let keys = SpilledPart.keys(of: entry.first, entry.parts.count)
            try stage.adopt(entry.first, parts: keys.compactMap { topic[$0] })
        }
        side = 0
        feedSides(before: offset)
        for number in Int(checkpoint.start(memory: configuration.assembly.closedMemoryRecords))..<offset {
            receive(number, again: true, &random)
            reread += 1
        }
        stage.endRestoreIfReached(committed)
        let (problem, isRestoring) = (stage.restoreProblem, stage.isRestoring)
        #expect(problem == nil)
        #expect(!isRestoring)
    }

    private func describe(_ thread: FinishedThread) -> String {
        let facts = thread.trajectory
        let messages = facts.rewards.map(\.name.string).joined(separator: ",")
        let verdict: String
        switch thread {
        case .rollout(let rollout): verdict = "rollout \(rollout.pairing.groupID.string)"
        case .excluded(let excluded): verdict = "\(excluded.reason) \(excluded.detail.map { "\($0)" } ?? "")"
        }
        return
            "\(facts.key.thread.string) \(facts.source.firstOffset)-\(facts.source.lastOffset) \(facts.entry.first.index)"
            + " [\(messages)] \(verdict) \(facts.outcome) dup \(facts.duplicates) late \(facts.late)"
            + " missing \(facts.missing) claim \(facts.claimTime) decided \(facts.decisionTime) open \(facts.openedAt)"
    }
}
