import Foundation
import JSON
import Reinforce

/// Runs a recording or a range of topics through the whole of the processor, once, from its first record to its last batch. The output is the
/// same whatever the number of threads and partitions.
public final class Replay {
    let options: ReplayOptions
    private var partitions: [Int64: ReplayPartition] = [:]
    private(set) var deadLetters: OutputFile?
    private var summary = ReplaySummary()
    /// Watches groups and threads on their way out.
    var observer: (any ReplayObserver)?
    /// Called now and then with records and bytes read so far, and the share of the input that is, where that is known.
    public var onProgress: ((_ records: Int, _ bytes: Int64, _ share: Double?) -> Void)?
    /// Asked after every chunk; true ends the reading, and what was written says so.
    public var isInterrupted: (() -> Bool)?

    /// - Parameter options: what to read, decide by and write.
    public init(_ options: ReplayOptions) { self.options = options }

    /// How a replay ended.
    public struct Result: Sendable {
        /// What was counted.
        public let summary: ReplaySummary
        /// The recording was not whole; everything before was processed.
        public let problem: RecordingError?
        /// It was interrupted: nothing was written under its name.
        public let wasInterrupted: Bool
    }

    /// Runs the replay.
    ///
    /// - Throws: ``RecordingError`` where the input cannot be read at all, ``OutputError`` where a file cannot be written.
    public func run() throws -> Result {
        let start = ContinuousClock.now
        let input = try ReplayInput(options)
        let output = try makeOutput()
        let ledger = try options.ledger.map { path throws(OutputError) in try OutputFile(path) }
        deadLetters = try options.deadLetters.map { path throws(OutputError) in try OutputFile(path) }
        guard try read(input) else {
            return Result(summary: summary, problem: nil, wasInterrupted: true)
        }
        let threads = closeAll()
        let decided = ReplayGroups(options, threads, topics: input.topics)
        observer?.began(topics: input.topics)
        let entries = try decided.write(
            to: output,
            &summary,
            keepsEntries: ledger != nil,
            observer: observer
        )
        if let ledger { try write(entries, to: ledger) }
        try output?.finish()
        try ledger?.finish()
        try deadLetters?.finish()
        let elapsed = ContinuousClock.now - start
        summary.seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        return Result(summary: summary, problem: input.problem, wasInterrupted: false)
    }

    private func makeOutput() throws -> (any BatchOutput)? {
        if let topic = options.outputTopic { return try TopicOutput(topic, options) }
        return try options.output.map { path throws(OutputError) in try OutputFile(path) }
    }

    /// Reads to the end; false when interrupted.
    private func read(_ input: ReplayInput) throws -> Bool {
        switch input {
        case .recording(let reader, _): try read(reader)
        case .topics(let reader): try read(reader)
        }
    }

    private func read(_ reader: RecordingReader) throws -> Bool {
        var bytes: Int64 = 0
        while let chunk = reader.next() {
            let work = chunk.partitions.map { part in
                partition(of: part.topic, part.partition, reader.topics[safe: part.topic] ?? options.topic)
            }
            let shared = Unshared(work)
            inParallel(work.count, threads: options.threads) { index in
                unsafe shared.value[index].receive(chunk.partitions[index].records, of: chunk)
            }
            try writeDeadLetters(work)
            if let damaged = work.compactMap(\.damaged).min() { reader.noteDamaged(index: damaged) }
            bytes += Int64(chunk.bytes.count)
            onProgress?(chunk.firstIndex + chunk.count, bytes, reader.share)
            if isInterrupted?() == true { return false }
        }
        return true
    }

    func partition(of topic: Int, _ partition: Int32, _ name: String) -> ReplayPartition {
        let key = Int64(topic) << 32 | Int64(partition)
        if let known = partitions[key] { return known }
        let made = ReplayPartition(options, topic: name, number: topic, partition: partition)
        partitions[key] = made
        return made
    }

    private func writeDeadLetters(_ work: [ReplayPartition]) throws {
        guard let deadLetters else { return }
        for letter in work.flatMap({ $0.takeDeadLetters() }).sorted(by: { $0.number < $1.number }) {
            try deadLetters.write(line: letter.line(index: letter.number))
        }
    }

    /// Closes what is open and hands over every thread, sorted by key, each once.
    private func closeAll() -> [FinishedThread] {
        let all = partitions.sorted { $0.key < $1.key }.map(\.value)
        let shared = Unshared(all)
        inParallel(all.count, threads: options.threads) { unsafe shared.value[$0].stage.close() }
        var threads: [FinishedThread] = []
        for partition in all {
            summary.stage.add(partition.stage.counters)
            summary.assembly.add(partition.stage.assembly)
            threads.append(contentsOf: partition.stage.finished)
            partition.stage.finished = []
        }
        return FinishedThread.oncePerKey(threads, &summary.stage)
    }

    private func write(_ entries: [LedgerEntry], to ledger: OutputFile) throws(OutputError) {
        var line: [UInt8] = []
        for var entry in entries.sorted(by: { $0.key < $1.key }) {
            if let after = afterClose(entry) {
                entry.duplicates += after.duplicates
                entry.late += after.late
            }
            line.removeAll(keepingCapacity: true)
            entry.append(to: &line)
            try ledger.write(line: line)
        }
    }

    private func afterClose(_ entry: LedgerEntry) -> (duplicates: Int, late: Int)? {
        var sum = (duplicates: 0, late: 0)
        for partition in partitions.values {
            guard let after = partition.stage.afterClose(entry.key) else { continue }
            sum.duplicates += after.duplicates
            sum.late += after.late
        }
        return sum
    }
}
