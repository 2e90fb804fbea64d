internal import Foundation
internal import Kafka

/// Writes a range of topics to a recording: the same range gives the same records in the same order.
///
/// Partitions take turns (``TopicReader/turn`` records each), topics and partitions ascending.
public final class TopicRecorder {
    private let range: TopicRange
    private let path: String
    private let memory: Int
    private let recordedAt: Int64
    /// Go on with an interrupted recording, where there is one.
    public var resumes = false
    /// Called now and then with records and bytes written, and the share of the range that was read.
    public var onProgress: ((_ records: Int, _ bytes: Int64, _ share: Double) -> Void)?
    /// Asked after every turn; true leaves what was written to be resumed.
    public var isInterrupted: (() -> Bool)?
    package var blockBytes = RecordingFormat.blockBytes

    /// - Parameters:
    ///   - range: what is recorded.
    ///   - path: where to; `.zst` compresses; `-`: standard output.
    ///   - memory: bytes that may be read ahead.
    ///   - recordedAt: stands in the header, milliseconds since 1970.
    public init(_ range: TopicRange, to path: String, memory: Int, recordedAt: Int64) {
        self.range = range
        self.path = path
        self.memory = memory
        self.recordedAt = recordedAt
    }

    /// How a recording ended.
    public struct Result: Sendable, Hashable {
        /// Records that it holds.
        public let records: Int
        /// Of them, those of an earlier, interrupted recording.
        public let resumed: Int
        /// Bytes of records written now, before compression.
        public let bytes: Int64
        /// It is not whole; what there is carries `.partial` behind its name.
        public let wasInterrupted: Bool
    }

    /// Records the range.
    ///
    /// - Throws: ``PipelineProblem``, ``OutputError``, ``InputError``. What was written until then can be resumed.
    public func run() throws -> Result {
        try range.check()
        let progress = resumes ? try RecordingProgress(of: path, topics: range.topics) : nil
        let reader = try TopicReader(range, memory: memory, ranges: progress?.remaining)
        let output: RecordingOutput
        if let progress {
            output = try RecordingOutput(
                resuming: path,
                topics: range.topics,
                size: progress.size,
                blockBytes: blockBytes
            )
        } else {
            if path != "-" { try RecordingPlan(reader.partitions.map(\.range)).save(path) }
            output = try RecordingOutput(path, topics: range.topics, recordedAt: recordedAt, blockBytes: blockBytes)
        }
        let resumed = progress?.counts ?? Array(repeating: 0, count: reader.partitions.count)
        do {
            let isWhole = try copy(reader, to: output, resumed)
            let records = reader.count + resumed.reduce(0, +)
            if isWhole {
                try output.finish()
                RecordingPlan.remove(path)
            } else {
                try output.suspend()
            }
            return Result(
                records: records,
                resumed: resumed.reduce(0, +),
                bytes: output.bytes,
                wasInterrupted: !isWhole
            )
        } catch {
            try? output.suspend()
            throw error
        }
    }

    /// Copies turn by turn; false when interrupted.
    private func copy(_ reader: TopicReader, to output: RecordingOutput, _ resumed: [Int]) throws -> Bool {
        var batch = RecordBatch(capacity: TopicReader.turn)
        var turn = RecordingProgress.turn(resumed)
        while !reader.isDone {
            let partition = reader.partitions[turn.partition]
            let limit = (turn.round + 1) * TopicReader.turn - resumed[turn.partition]
            while !partition.isDone, partition.count < limit {
                let left = limit - partition.count
                let count = try partition.read(into: &batch, limit: left, milliseconds: 20) { record in
                    try output.append(record, topic: partition.range.topic)
                }
                try reader.serve(starved: count == 0)
                onProgress?(reader.count, output.bytes, reader.share)
                if isInterrupted?() == true { return false }
            }
            turn.partition += 1
            if turn.partition == reader.partitions.count { turn = (turn.round + 1, 0) }
        }
        return true
    }
}
