internal import DashStream
internal import Files
internal import Foundation
internal import Kafka
internal import Problems
internal import Reinforce

/// How far an interrupted recording came.
struct RecordingProgress {
    /// Bytes of the partial file that hold whole records (and whole frames, where it is compressed).
    let size: Int64
    /// Records of each partition that it holds.
    let counts: [Int]
    /// What is left of each partition.
    let remaining: [PartitionRange]

    /// Reads an interrupted recording; nil where there is none to go on with.
    ///
    /// - Throws: ``PipelineProblem`` or ``InputError`` where what is there cannot be gone on with.
    init?(of path: String, topics: [String]) throws {
        let partial = OutputFile.partial(of: path)
        guard path != "-", FileManager.default.fileExists(atPath: partial),
            let plan = try RecordingPlan(of: path, topics: topics)
        else { return nil }
        // nothing to go on with where it ended before there was a record
        guard let index = try Self.scan(partial) else { return nil }
        guard index.topics == topics else {
            throw PipelineProblem(.usage, "\(partial) was begun with other topics; remove it to begin anew")
        }
        var blocks = index.blocks
        if let problem = index.problem {
            guard let whole = Self.wholeSize(&blocks) else {
                // cut within its first frame: nothing to go on with, as where it ended before there was a record
                if problem.kind == .cut { return nil }
                throw PipelineProblem(.input, "\(partial) is damaged at its beginning; remove it to begin anew")
            }
            size = whole
        } else {
            size = try RecordingIndex.Stamp(of: partial).size
        }
        let whole = blocks.last.map { $0.firstIndex + $0.count } ?? 0
        var counts = Array(repeating: 0, count: plan.ranges.count)
        var next = plan.ranges.map(\.from)
        let reader = try RecordingReader(partial)
        while let chunk = reader.next() {
            for (partition, topic, records) in chunk.partitions {
                let place = TopicPartition(topics[topic], partition)
                guard let at = plan.ranges.firstIndex(where: { $0.partition == place }) else { continue }
                for location in records where location.index < whole {
                    let body = unsafe chunk.bytes.span.bytes.extracting(location.start..<location.end)
                    guard let view = RecordView(body, partition: partition) else { continue }
                    counts[at] += 1
                    next[at] = view.position.offset.saturatingPlus(1)
                }
            }
        }
        self.counts = counts
        remaining = zip(plan.ranges, next).map {
            PartitionRange(partition: $0.partition, topic: $0.topic, from: $1, to: $0.to)
        }
    }

    private static func scan(_ partial: String) throws -> RecordingIndex? {
        do {
            return try RecordingIndex(scanning: partial)
        } catch {
            if error.kind == .notARecording || error.kind == .cut { return nil }
            throw error
        }
    }

    /// Drops blocks up to one that begins a frame, and with it what is cut; returns where that is, nil where none does.
    private static func wholeSize(_ blocks: inout [RecordingIndex.Block]) -> Int64? {
        while let last = blocks.popLast() {
            if last.place.skip == 0 { return last.place.byte }
        }
        return nil
    }

    /// Whose turn it is after so many records of each partition.
    static func turn(_ counts: [Int]) -> (round: Int, partition: Int) {
        let round = counts.map { max(0, $0 - 1) / TopicReader.turn }.max() ?? 0
        let last = counts.lastIndex { $0 > round * TopicReader.turn } ?? 0
        return (round, last)
    }
}
