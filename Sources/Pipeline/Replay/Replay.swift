public import Files
import Foundation
import JSON
import Recordings
import Reinforce

/// Runs a recording or a range of topics through the whole of the processor, once, from its first record to its last
/// batch. The output is the same whatever the number of threads and partitions, and whether it fits into memory.
public final class Replay {
    let options: ReplayOptions
    private(set) var partitions: [Int64: ReplayPartition] = [:]
    private(set) var deadLetters: OutputFile?
    private var summary = ReplaySummary()
    /// Where messages are put away, where there are more than memory holds.
    private var units: UnitSorter?
    /// Watches groups and threads on their way out.
    package var observer: (any ReplayObserver)?
    /// What threads hold, where there are not.
    private var gauge: MemoryGauge?
    /// Called now and then with records and bytes read so far, and the share of the input that is, where that is known.
    public var onProgress: ((_ records: Int, _ bytes: Int64, _ share: Double?) -> Void)?
    /// Called with what a person should hear of: what was counted since the last call.
    public var onNotices: ((NoticeTally) -> Void)?
    /// One chunk at a time: none is taken before all of the one before it.
    private(set) var isInOrder: Bool
    /// All that was decided, for as long as the replay is there: a program that ends then need not give it back piece by piece.
    private var decided: (groups: ReplayGroups, entries: [LedgerEntry])?
    /// What was told before everything had to be read a second time, and is not told again.
    private var told = NoticeTally()
    private var toldBefore = NoticeTally()
    /// Asked after every chunk; true ends the reading, and what was written says so.
    public var isInterrupted: (() -> Bool)?

    /// - Parameter options: what to read, decide by and write.
    public init(_ options: ReplayOptions) {
        self.options = options
        isInOrder = options.threads == 1
        gauge = MemoryGauge(limit: options.memoryBudget / 10 * 7)
    }

    /// How a replay ended.
    public struct Result: Sendable {
        /// What was counted.
        public let summary: ReplaySummary
        /// The recording was not whole; everything before was processed.
        public let problem: InputError?
        /// It was interrupted: nothing was written under its name.
        public let wasInterrupted: Bool
        /// It did not fit into the memory budget and went through temporary files.
        public let wasSpilled: Bool
    }

    /// How a reading ended.
    enum Reading {
        case whole, interrupted, overBudget
        /// A record is damaged, and what lies behind it was taken already.
        case outOfOrder
    }

    /// Runs the replay.
    ///
    /// - Throws: ``InputError`` or ``PipelineProblem`` where the input cannot be read at all, ``OutputError`` where a
    ///   file cannot be written.
    public func run() throws -> Result {
        let start = ContinuousClock.now
        tellBrokenExamples()
        var input = try ReplayInput(options)
        let output = try makeOutput()
        let ledger = try options.ledger.map(outputFile)
        var reading = Reading.overBudget
        if !input.isLong(options) { reading = try read(input) }
        while reading == .overBudget || reading == .outOfOrder {
            input = try input.again(options)
            partitions = [:]
            toldBefore = told
            told = NoticeTally()
            if reading == .outOfOrder {
                isInOrder = true
            } else {
                releaseFreeMemory()
                gauge = nil
            }
            if gauge == nil { units = UnitSorter(memory: options.memoryBudget / 6) }
            gauge = gauge.map { MemoryGauge(limit: $0.limit) }
            reading = try read(input)
        }
        guard reading == .whole else {
            return Result(summary: summary, problem: nil, wasInterrupted: true, wasSpilled: units != nil)
        }
        observer?.began(topics: input.topics)
        if let units {
            for (_, partition) in partitions.sorted(by: { $0.key < $1.key }) { count(partition) }
            partitions = [:]
            let rest = ExternalReplay(options, keepsLedger: ledger != nil, observer: observer)
            try rest.run(units, topics: input.topics, output: output, ledger: ledger, &summary)
        } else {
            let decided = ReplayGroups(options, closeAll(input.topics.map(\.string)), topics: input.topics)
            let entries = try decided.write(
                to: output,
                &summary,
                keepsEntries: ledger != nil,
                observer: observer
            )
            if let ledger { try write(entries, to: ledger) }
            self.decided = (decided, entries)
        }
        let isCut = input.problem != nil
        try output?.finish(ofCutInput: isCut)
        try ledger?.finish(ofCutInput: isCut)
        try deadLetters?.finish(ofCutInput: isCut)
        tell(summary.notices)
        let elapsed = ContinuousClock.now - start
        summary.seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        return Result(summary: summary, problem: input.problem, wasInterrupted: false, wasSpilled: units != nil)
    }

    private func makeOutput() throws -> (any BatchOutput)? {
        if let topic = options.outputTopic { return try TopicOutput(topic, options) }
        return try options.output.map(outputFile)
    }

    private func outputFile(_ path: String) throws(OutputError) -> OutputFile {
        let file = try OutputFile(path)
        // what waits to be written is no part of a small budget
        if options.threads > 1, options.memoryBudget >= 512 << 20 { file.writeBehind() }
        return file
    }

    private func read(_ input: ReplayInput) throws -> Reading {
        deadLetters?.abandon()
        deadLetters = try options.deadLetters.map { path throws(OutputError) in try OutputFile(path) }
        for broken in options.brokenExamples.kept { try deadLetters?.write(line: DeadLetter.line(broken)) }
        return switch input {
        case .recording(let reader, _): try read(reader)
        case .topics(let reader): try read(reader)
        }
    }

    /// Threads hold almost all of it: what is made of them at the end takes little more.
    var isOverBudget: Bool { gauge?.isOver ?? false }

    func partition(of topic: Int, _ partition: Int32, _ name: String) -> ReplayPartition {
        let key = Int64(topic) << 32 | Int64(partition)
        if let known = partitions[key] { return known }
        let made = ReplayPartition(
            options,
            topic: name,
            number: topic,
            partition: partition,
            gauge: gauge,
            units: units
        )
        partitions[key] = made
        return made
    }

    func writeDeadLetters(_ letters: [DeadLetter]) throws {
        guard let deadLetters else { return }
        for letter in letters.sorted(by: { $0.number < $1.number }) {
            try deadLetters.write(line: letter.line(index: letter.number))
        }
    }

    private func count(_ partition: ReplayPartition) {
        summary.stage.add(partition.stage.counters)
        summary.assembly.add(partition.stage.assembly)
    }

    /// Closes what is open and hands over every thread, sorted by key, each once.
    private func closeAll(_ topics: [String]) -> [FinishedThread] {
        let all = partitions.sorted { $0.key < $1.key }.map(\.value)
        let shared = Unshared(all)
        inParallel(all.count, threads: options.threads) { unsafe shared.value[$0].stage.close() }
        var threads: [FinishedThread] = []
        for partition in all {
            count(partition)
            tell(partition.takeNotices())
            threads.append(contentsOf: partition.stage.takeFinished())
        }
        let unique = FinishedThread.oncePerKey(threads, &summary.stage)
        for thread in unique where thread.late > 0 { summary.notices.note(lateIn: thread, topics: topics) }
        return unique
    }

    private func tellBrokenExamples() {
        summary.brokenExamples = options.brokenExamples.count
        var tally = NoticeTally()
        tally.note(.brokenExample, count: options.brokenExamples.count) { options.brokenExamples.kept.first?.sample }
        if !tally.isEmpty { onNotices?(tally) }
    }

    /// Tells what a person should hear of, unless an earlier reading has told it.
    func tell(_ tally: NoticeTally) {
        guard !tally.isEmpty else { return }
        told.add(tally)
        onNotices?(toldBefore.isEmpty ? tally : tally.beyond(&toldBefore))
    }
}
