internal import DashStream
internal import JSON
internal import Kafka
public import Pipeline
internal import Recordings
internal import Reinforce

/// Finds one thread in a log and tells it message by message.
public struct ThreadInspection {
    private let source: LogSource
    private let options: ReplayOptions

    /// - Parameters:
    ///   - source: the log.
    ///   - options: the rules; the examples may be empty, then nothing is scored.
    public init(_ source: LogSource, _ options: ReplayOptions) {
        self.source = source
        self.options = options
    }

    /// Everything of that id, one report for each tenant that has it.
    ///
    /// - Throws: where the log cannot be read.
    public func run(_ thread: String, tenant: String? = nil) throws -> [ThreadReport] {
        let id = Array(thread.utf8)
        var decoder = FrameDecoder(options.stage.frames)
        var found: [ThreadKey: Gathered] = [:]
        try source.forEach(ofThread: thread) { record in
            guard let value = record.value else { return }
            let believed = options.asOf.map { record.timestamp <= $0.saturatingPlus(options.maxClockSkew) } ?? true
            let position = RecordPosition(
                partition: record.partition,
                offset: record.offset,
                timestamp: believed ? record.timestamp : -1
            )
            var keys: [ThreadKey] = []
            do {
                let message = try unsafe decoder.decode(value.span.bytes)
                var units = message.units()
                var index = 0
                while let unit = units.next() {
                    defer { index += 1 }
                    guard unit.header.threadID.holds(id), let name = Text(utf8: unit.header.tenantID) else { continue }
                    guard tenant == nil || name.string == tenant else { continue }
                    let key = ThreadKey(tenant: name, thread: Text(thread))
                    let gathered = found[key] ?? Gathered(options)
                    found[key] = gathered
                    gathered.timeline.receive(unit, index: index, at: position)
                    if !keys.contains(key) { keys.append(key) }
                }
            } catch {
                // it is a dead letter, and of no thread
            }
            for key in keys { found[key]?.receive(record, value, position) }
        }
        return found.keys.sorted().compactMap { key in found[key].map { $0.report(key) } }
    }

    /// What was found of one thread.
    private final class Gathered {
        private let options: ReplayOptions
        var timeline: ThreadTimeline
        /// A stage for each partition of each topic: pieces on several cannot be put together.
        private var stages: [Int64: ReplayPartition] = [:]
        private var topics: [String] = []
        private var records = 0

        init(_ options: ReplayOptions) {
            self.options = options
            timeline = ThreadTimeline(
                manifestPointer: options.stage.manifestPointer,
                checkpointLimit: options.stage.frames.maxFrameBytes
            )
        }

        func receive(_ record: LogRecord, _ value: [UInt8], _ position: RecordPosition) {
            records += 1
            let topic = record.topic ?? options.topic
            if !topics.contains(topic) { topics.append(topic) }
            let place = Int64(topics.firstIndex(of: topic) ?? 0) << 32 | Int64(record.partition)
            let stage = stages[place] ?? ReplayPartition(options, topic: topic, partition: record.partition)
            stages[place] = stage
            let key = record.key ?? []
            let parent = record.headers.last { $0.name == "traceparent" }?.value ?? []
            _ = unsafe stage.stage.receive(
                key: key.span.bytes,
                value: value.span.bytes,
                at: position,
                traceparent: parent.isEmpty ? nil : parent.span.bytes
            )
        }

        func report(_ key: ThreadKey) -> ThreadReport {
            var finished: [FinishedThread] = []
            for (_, stage) in stages.sorted(by: { $0.key < $1.key }) {
                stage.stage.close()
                finished += stage.stage.finished.filter { $0.key == key }
            }
            var counters = StageCounters()
            let thread = FinishedThread.oncePerKey(finished, &counters).first
            let (entries, state) = timeline.told()
            var entry = thread.map { LedgerEntry($0) }
            for stage in stages.values {
                stage.stage.forEachAfterClose { closed, duplicates, late in
                    guard closed == key else { return }
                    entry?.duplicates += duplicates
                    entry?.late += late
                }
            }
            return ThreadReport(
                key: key,
                entries: entries,
                finalState: state,
                ledger: entry,
                records: records,
                topic: topics.joined(separator: ", "),
                calls: thread?.rollout?.callsJSON,
                isScored: options.examples.count > 0
            )
        }
    }
}
