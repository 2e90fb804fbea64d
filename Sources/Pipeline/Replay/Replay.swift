public import Files
import Foundation
import JSON
import Recordings
import Reinforce

/// Runs a recording or a range of topics through the whole of the processor, once, from its first record to its last
/// batch. The output is the same whatever the number of threads and partitions, and whether it fits into memory.
public final class Replay {
    let options: ReplayOptions
    private var partitions: [Int64: ReplayPartition] = [:]
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
    /// What was told before everything had to be read a second time, and is not told again.
    private var told = NoticeTally()
    private var toldBefore = NoticeTally()
    /// Asked after every chunk; true ends the reading, and what was written says so.
    public var isInterrupted: (() -> Bool)?

    /// - Parameter options: what to read, decide by and write.
    public init(_ options: ReplayOptions) {
        self.options = options
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
        if reading == .overBudget {
            input = try input.again(options)
            partitions = [:]
            toldBefore = told
            told = NoticeTally()
            releaseFreeMemory()
            gauge = nil
            units = UnitSorter(memory: options.memoryBudget / 6)
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

    private func read(_ reader: RecordingReader) throws -> Reading {
        // while other threads work on a chunk, this one reads the next
        let readsAhead = options.threads > 1
        if readsAhead { reader.chunksInUse = 2 }
        var bytes: Int64 = 0
        var current = reader.next()
        while let chunk = current {
            let known = reader.problem
            let work = chunk.partitions.map { part in
                partition(of: part.topic, part.partition, reader.topics[safe: part.topic] ?? options.topic)
            }
            let shared = Unshared(work)
            let receiving = StartedWork(work.count, threads: options.threads) { index in
                unsafe shared.value[index].receive(chunk.partitions[index].records, of: chunk)
            }
            current = readsAhead ? reader.next() : nil
            receiving.finish()
            if let failure = work.lazy.compactMap(\.failure).first { throw failure }
            try writeDeadLetters(work)
            for partition in work { tell(partition.takeNotices()) }
            bytes += Int64(chunk.bytes.count)
            onProgress?(chunk.firstIndex + chunk.count, bytes, reader.share)
            if isInterrupted?() == true { return .interrupted }
            if isOverBudget { return .overBudget }
            if let damaged = work.compactMap(\.damaged).min() {
                reader.noteDamaged(index: damaged, before: known)
                return .whole
            }
            if !readsAhead { current = reader.next() }
        }
        return .whole
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

    private func writeDeadLetters(_ work: [ReplayPartition]) throws {
        guard let deadLetters else { return }
        for letter in work.flatMap({ $0.takeDeadLetters() }).sorted(by: { $0.number < $1.number }) {
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

    private func write(_ entries: [LedgerEntry], to ledger: OutputFile) throws(OutputError) {
        let byKey = KeyOrder(entries.count) { entries[$0].key }
        let order = byKey.indexes
        let after = afterClose(entries.count, byKey)
        // some blocks at a time: all lines together take more memory than the threads
        let (block, round) = (512, 512 * 32)
        for start in stride(from: 0, to: order.count, by: round) {
            let indexes = order[start..<min(order.count, start + round)]
            let lines = Slots<[UInt8]>((indexes.count + block - 1) / block)
            inParallel((indexes.count + block - 1) / block, threads: options.threads) { number in
                var bytes: [UInt8] = []
                let first = indexes.startIndex + number * block
                for index in indexes[first..<min(indexes.endIndex, first + block)] {
                    entries[index].append(to: &bytes, duplicates: after[index].duplicates, late: after[index].late)
                    bytes.append(UInt8(ascii: "\n"))
                }
                lines.set(number, bytes)
            }
            for bytes in lines.values { try ledger.write(bytes) }
        }
    }

    /// Messages that came after their threads were closed, of all partitions, for each of `count` threads.
    private func afterClose(_ count: Int, _ order: KeyOrder) -> [(duplicates: Int, late: Int)] {
        var closed: [(key: ThreadKey, duplicates: Int, late: Int)] = []
        for partition in partitions.values {
            partition.stage.forEachAfterClose { closed.append(($0, $1, $2)) }
        }
        var after = Array(repeating: (duplicates: 0, late: 0), count: count)
        order.forEachMatch(in: KeyOrder(closed.count) { closed[$0].key }) { own, other in
            after[own].duplicates += closed[other].duplicates
            after[own].late += closed[other].late
        }
        return after
    }
}
