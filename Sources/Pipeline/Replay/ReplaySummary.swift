import DashStream
import JSON
public import Reinforce

/// What a replay counted; it balances, or the replay says so.
public struct ReplaySummary: Sendable {
    /// Counts of the first stage, all partitions.
    public var stage = StageCounters()
    /// Counts of assembly, all partitions.
    public var assembly = AssemblyCounters()
    /// Threads by fate.
    public var fates: [Fate: Int] = [:]
    /// Excluded threads by reason.
    public var excluded: [ExclusionReason: Int] = [:]
    /// Groups by what became of them.
    public var groups: [DecidedGroup.Status: Int] = [:]
    /// Groups separated only by what is not the outcome.
    public var phantomGroups = 0
    /// Groups of a batch that fell short of the minima.
    public var withheldGroups = 0
    /// Groups larger than a record may be.
    public var groupsTooLarge = 0
    /// Groups in which there is something to learn.
    public var informativeGroups = 0
    /// Mean reward of all who count; nil: nobody does.
    public var meanReward: Double?
    /// What a person should hear of, with examples: what has been counted since it was last told.
    var notices = NoticeTally()
    /// Records of the examples topic that are no example; they stand among the dead letters too.
    public var brokenExamples = 0
    /// Batches written.
    public var batches = 0
    /// Seconds from the first byte read to the last byte written.
    public var seconds = 0.0

    /// All zero.
    public init() {}

    /// Threads that are over.
    public var threads: Int { fates.values.reduce(0, +) }
    /// Threads whose reward counts.
    public var rewarded: Int { fates[.trained, default: 0] + fates[.voted, default: 0] }
    /// Messages that came too late, in any way.
    public var late: Int { stage.lateInThread + assembly.lateAfterClose }

    /// What does not balance, in one sentence; nil when every record and thread is accounted for.
    public var imbalance: String? {
        let frames = stage.framings.values.reduce(0, +)
        let poison = stage.poison.values.reduce(0, +)
        if stage.records != frames + poison {
            return "\(stage.records) records were read, but \(frames) frames and \(poison) dead letters came of them"
        }
        let over = stage.outcomes.values.reduce(0, +)
        if over != threads { return "\(over) threads were assembled, but \(threads) have a fate" }
        return nil
    }

    /// The summary as one JSON object.
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("records", stage.records)
        writer.field("bytes", stage.bytes)
        writer.field(
            "frames_raw",
            stage.framings.filter { $0.key != .zstd && $0.key != .legacyZstd }.values.reduce(0, +)
        )
        writer.field(
            "frames_zstd",
            stage.framings.filter { $0.key == .zstd || $0.key == .legacyZstd }.values.reduce(0, +)
        )
        writer.counts("poison", stage.poison.map { ($0.key.rawValue, $0.value) })
        writer.field("examples_broken", brokenExamples)
        writer.counts("messages", stage.messages.map { ($0.key.name, $0.value) })
        writer.field("events_batched", stage.batchedEvents)
        writer.field("duplicates", assembly.duplicates)
        writer.field("late", late)
        writer.field("threads", threads)
        writer.counts("outcomes", stage.outcomes.map { ($0.key.rawValue, $0.value) })
        writer.counts("fates", fates.map { ($0.key.rawValue, $0.value) })
        writer.counts("excluded", excluded.map { ($0.key.rawValue, $0.value) })
        writer.field("rewarded", rewarded)
        writer.counts("groups", groups.map { ($0.key.rawValue, $0.value) })
        writer.field("groups_phantom", phantomGroups)
        writer.field("groups_withheld", withheldGroups)
        writer.field("groups_too_large", groupsTooLarge)
        writer.field("groups_informative", informativeGroups)
        writer.field("batches", batches)
        writer.field("threads_with_gaps", stage.threadsWithGaps)
        writer.field("threads_reordered", stage.threadsReordered)
        writer.field("threads_auxiliary_only", assembly.auxiliaryOnly)
        writer.field("foreign_key_events", assembly.foreignKey)
        writer.field("timestamps_clamped", assembly.clampedTimestamps)
        if stage.calls != CallCounts() { writer.counts(stage.calls) }
        writer.key("seconds")
        writer.double(seconds)
        writer.key("records_per_second")
        writer.double(seconds > 0 ? (Double(stage.records) / seconds).rounded() : 0)
        writer.endObject()
        return writer.bytes
    }
}

extension JSONWriter {
    /// What was found of model calls, as `calls_…`.
    fileprivate mutating func counts(_ calls: CallCounts) {
        field("calls", calls.calls)
        counts("calls_status", calls.statuses.map { ($0.key, $0.value) })
        counts("calls_source", calls.sources.map { ($0.key, $0.value) })
        counts("calls_problem", calls.problems.map { ($0.key, $0.value) })
        field("calls_not_trainable", calls.notTrainable)
        field("calls_streams_alone", calls.streamsAlone)
        field("calls_retries", calls.retries)
        field("calls_retries_without_call", calls.retriesWithoutCall)
        field("calls_chunks_without_call", calls.chunksWithoutCall)
    }

    fileprivate mutating func counts(_ name: String, _ values: [(String, Int)]) {
        key(name)
        beginObject()
        for (name, value) in values.sorted(by: { $0.0 < $1.0 }) { field(name, value) }
        endObject()
    }
}
