import EmbeddedKafka
import Foundation
import Kafka
import TestSupport
import Testing

@testable import Pipeline
@testable import Problems
@testable import Recordings

/// Recordings of topics: whole, in the same order every time, and resumable.
@Suite(.waits) struct TopicRecorderTests {
    private let golden = GoldenCase.all[0]

    private func bytes(_ path: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(filePath: path))) }

    @Test(arguments: ["r.dsrun", "r.dsrun.zst"])
    func recordsKeepEverythingAndTheIndexIsTheScannedOne(_ name: String) throws {
        let topic = try TopicFixture()
        let records = try Recording(golden.recording).records
        try topic.produce(records, to: "events", partitions: 4)
        let files = try TemporaryFolder()
        let path = files.file(name)
        _ = try topic.record(["events"], to: path) { $0.blockBytes = 50_000 }
        let index = try #require(RecordingIndex.load(path, .init(of: path)))
        let scanned = try RecordingIndex(scanning: path, blockBytes: 50_000)
        #expect(index.blocks.count > 10)
        #expect(index.blocks == scanned.blocks)
        #expect(index.threads == scanned.threads)
        for partition in 0..<4 {
            let mine = records.filter { Int($0.partition) == partition }
            let found = try index.records(topic: "events", partition: Int32(partition), offsets: 0..<Int64.max)
            #expect(found.map(\.offset) == mine.indices.map { Int64($0) })
            #expect(found.map(\.key) == mine.map(\.key))
            #expect(found.map(\.value) == mine.map(\.payload))
            #expect(found.map(\.timestamp) == mine.map(\.timestamp))
            #expect(found.map(\.headers) == mine.map(\.headers))
        }
        #expect(records.contains { !$0.headers.isEmpty })
        #expect(!FileManager.default.fileExists(atPath: path + ".range"))
    }

    /// Interrupted after each turn, over and over: in the end it is the recording that was never interrupted.
    @Test(arguments: ["r.dsrun", "r.dsrun.zst"])
    func anInterruptedRecordingIsGoneOnWith(_ name: String) throws {
        let topic = try TopicFixture()
        try topic.produce(Recording(golden.recording).records, to: "events", partitions: 4)
        let files = try TemporaryFolder()
        _ = try topic.record(["events"], to: files.file("whole.dsrun"))
        let path = files.file(name)
        var runs = 0
        while true {
            runs += 1
            var turns = 0
            let result = try topic.record(["events"], to: path) { recorder in
                recorder.resumes = true
                recorder.isInterrupted = {
                    // a busy machine may bring nothing within a turn: patience grows
                    turns += 1
                    return turns > runs / 10
                }
            }
            #expect(FileManager.default.fileExists(atPath: path) == !result.wasInterrupted)
            if !result.wasInterrupted || runs > 1000 { break }
            // what comes later is not in the range that was begun
            let late = try Producer(topic.client)
            try late.enqueue(topic: "events", partition: 1, key: [1], value: [0])
            try late.close()
        }
        #expect(runs > 3)
        #expect(try records(path) == records(files.file("whole.dsrun")))
        if name.hasSuffix("dsrun") { #expect(try bytes(path) == bytes(files.file("whole.dsrun"))) }
    }

    /// Killed in the middle of a write: what is cut is read again.
    @Test(arguments: ["r.dsrun", "r.dsrun.zst"], [1, 30, 5000, 60_000])
    func aCutRecordingIsGoneOnWith(_ name: String, _ missing: Int) throws {
        let topic = try TopicFixture()
        try topic.produce(Recording(golden.recording).records, to: "events", partitions: 4)
        let files = try TemporaryFolder()
        _ = try topic.record(["events"], to: files.file("whole.dsrun"))
        let path = files.file(name)
        _ = try topic.record(["events"], to: path) { recorder in
            recorder.blockBytes = 50_000
            // more than is cut off, however little comes at a time
            recorder.isInterrupted = { ((try? bytes(path + ".partial"))?.count ?? 0) > 70_000 }
        }
        let partial = try bytes(path + ".partial")
        try Data(partial.dropLast(missing)).write(to: URL(filePath: path + ".partial"))
        let result = try topic.record(["events"], to: path) { recorder in
            recorder.blockBytes = 50_000
            recorder.resumes = true
        }
        #expect(!result.wasInterrupted)
        #expect(result.records == 4304)
        #expect(try records(path) == records(files.file("whole.dsrun")))
    }

    /// Killed before its first frame was whole: there is nothing to go on with, and it begins anew.
    @Test(arguments: [1, 100, 5000])
    func oneThatIsCutWithinItsFirstFrameBeginsAnew(_ kept: Int) throws {
        let (topic, files, path) = try compressed()
        let partial = try bytes(path + ".partial")
        #expect(partial.count > 5000)
        try Data(partial.prefix(kept)).write(to: URL(filePath: path + ".partial"))
        let result = try topic.record(["events"], to: path) { $0.resumes = true }
        #expect(!result.wasInterrupted && result.resumed == 0 && result.records == 4304)
        _ = try topic.record(["events"], to: files.file("whole.dsrun"))
        #expect(try records(path) == records(files.file("whole.dsrun")))
    }

    /// What is damaged, not cut, may hold records further on: it is left as it is.
    @Test func oneThatIsDamagedInItsFirstFrameIsRefused() throws {
        let (topic, files, path) = try compressed()
        var partial = try bytes(path + ".partial")
        for at in partial.count / 2..<partial.count / 2 + 100 { partial[at] ^= 0xff }
        try Data(partial).write(to: URL(filePath: path + ".partial"))
        let error = #expect(throws: PipelineProblem.self) {
            try topic.record(["events"], to: path) { $0.resumes = true }
        }
        #expect(error?.kind == .input && error?.description.contains("damaged at its beginning") == true)
        #expect(try bytes(files.file("r.dsrun.zst.partial")) == partial)
    }

    /// A compressed recording of one frame that was interrupted near its end.
    private func compressed() throws -> (topic: TopicFixture, files: TemporaryFolder, path: String) {
        let topic = try TopicFixture()
        try topic.produce(Recording(golden.recording).records, to: "events", partitions: 4)
        let files = try TemporaryFolder()
        let path = files.file("r.dsrun.zst")
        let result = try topic.record(["events"], to: path) { recorder in
            var share = 0.0
            recorder.onProgress = { share = $2 }
            recorder.isInterrupted = { share > 0.5 }
        }
        #expect(result.wasInterrupted)
        return (topic, files, path)
    }

    @Test func otherTopicsCannotBeResumed() throws {
        let topic = try TopicFixture()
        try topic.produce(Recording(golden.recording).records, to: "events", partitions: 4)
        try topic.create("other", partitions: 1)
        let files = try TemporaryFolder()
        _ = try topic.record(["events"], to: files.file("r")) { $0.isInterrupted = { true } }
        let error = #expect(throws: PipelineProblem.self) {
            try topic.record(["other"], to: files.file("r")) { $0.resumes = true }
        }
        #expect(error?.kind == .usage)
    }

    private func records(_ path: String) throws -> [RecordedRecord] {
        let index = try RecordingIndex(scanning: path)
        return try (0..<4).flatMap { try index.records(partition: $0, offsets: 0..<Int64.max) }.sorted {
            $0.index < $1.index
        }
    }
}
