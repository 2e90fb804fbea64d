internal import Files
internal import Foundation
internal import Kafka
internal import Problems

/// What an interrupted recording was to hold, kept beside it as `FILE.range` until it is whole: so that going on with it
/// gives what it would have been.
struct RecordingPlan: Sendable, Hashable {
    let ranges: [PartitionRange]

    static func file(of path: String) -> String { path + ".range" }

    init(_ ranges: [PartitionRange]) { self.ranges = ranges }

    /// Reads the plan of an interrupted recording; nil where there is none.
    ///
    /// - Throws: ``PipelineProblem`` where it is of other topics, or damaged.
    init?(of path: String, topics: [String]) throws(PipelineProblem) {
        let name = Self.file(of: path)
        guard FileManager.default.fileExists(atPath: name) else { return nil }
        let bytes: [UInt8]
        do { bytes = try FileBytes.contents(of: name) } catch { throw PipelineProblem(.input, "\(error)") }
        var ranges: [PartitionRange] = []
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let fields = line.split(separator: "\t")
            guard fields.count == 4, let partition = Int32(fields[1]), let from = Int64(fields[2]),
                let to = Int64(fields[3]), partition >= 0, from >= 0, to >= from
            else {
                throw PipelineProblem(.input, "\(name) is damaged; remove it to begin anew")
            }
            guard let topic = topics.firstIndex(of: String(fields[0])) else {
                throw PipelineProblem(.usage, "\(path) was begun with topic \(fields[0]): resume it with the same ones")
            }
            let place = TopicPartition(topics[topic], partition)
            ranges.append(PartitionRange(partition: place, topic: topic, from: from, to: to))
        }
        guard Set(ranges.map(\.topic)).count == topics.count else {
            throw PipelineProblem(.usage, "\(path) was begun with other topics: resume it with the same ones")
        }
        self.ranges = ranges
    }

    /// Keeps the plan beside its recording.
    func save(_ path: String) throws(OutputError) {
        let file = try OutputFile(Self.file(of: path))
        for range in ranges {
            let fields = [range.partition.topic, "\(range.partition.partition)", "\(range.from)", "\(range.to)"]
            try file.write(line: Array(fields.joined(separator: "\t").utf8))
        }
        try file.finish()
    }

    /// The recording is whole.
    static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: file(of: path)) }
}
