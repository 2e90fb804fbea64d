import DashStream
import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Pipeline
@testable import Recordings

/// The index finds what a reading of the whole recording finds, and is made again whenever it cannot be believed.
@Suite struct RecordingIndexTests {
    private let golden = Fixture.path("golden/run/run.dsrun")

    /// The run in version 2: plain, in frames of whole records, or in frames that end anywhere.
    private func write(_ folder: TemporaryFolder, _ bytes: [UInt8], frame: Int?) throws -> String {
        let path = folder.file("run")
        var out = bytes
        if let frame {
            let writer = ZstdWriter()
            out = stride(from: 0, to: bytes.count, by: frame).flatMap {
                writer.frame(Array(bytes[$0..<min(bytes.count, $0 + frame)]))
            }
        }
        try Data(out).write(to: URL(filePath: path))
        return path
    }

    /// The ids that a record is to be found by.
    private func names(_ record: RecordedRecord) -> Set<[UInt8]> {
        var names: Set<[UInt8]> = [record.key]
        var decoder = FrameDecoder()
        guard let value = record.value, let message = try? unsafe decoder.decode(value.span.bytes) else { return names }
        var units = message.units()
        while let unit = units.next() { names.insert([UInt8](unit.header.threadID)) }
        return names
    }

    @Test(arguments: [nil, 100_003, 1 << 30])
    func everyThreadIsFoundAsByReadingAll(_ frame: Int?) throws {
        let folder = try TemporaryFolder()
        let path = try write(folder, Recording(golden).version2(), frame: frame)
        let index = try RecordingIndex(of: path, blockBytes: 64 << 10)
        #expect(index.blocks.count > 10)
        let records = try (0..<4).flatMap { try index.records(partition: $0, offsets: 0..<Int64.max) }.sorted {
            $0.index < $1.index
        }
        #expect(records.map(\.index) == Array(0..<4304))
        #expect(index.count == records.count)
        var expected: [[UInt8]: [RecordedRecord]] = [:]
        for record in records { for name in names(record) { expected[name, default: []].append(record) } }
        let sorted = expected.sorted {
            String(decoding: $0.key, as: UTF8.self) < String(decoding: $1.key, as: UTF8.self)
        }
        // one batch record carries a second thread under the first one's key
        let carried = sorted.filter { entry in entry.value.contains { $0.key != entry.key } }
        #expect(!carried.isEmpty)
        for (name, found) in sorted.prefix(10) + carried.prefix(4) where !name.isEmpty {
            #expect(try index.records(ofThread: String(decoding: name, as: UTF8.self)) == found)
        }
        #expect(try index.records(ofThread: "nobody").isEmpty)
    }

    @Test func aRangeOfOffsetsIsFound() throws {
        let index = try RecordingIndex(scanning: golden)
        let found = try index.records(partition: 2, offsets: 10..<20)
        #expect(found.map(\.offset) == Array(10..<20))
        #expect(found.allSatisfy { $0.partition == 2 && $0.topic == nil })
    }

    @Test func theIndexIsKeptAndUsed() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("run")
        try Data(Recording(golden).version2()).write(to: URL(filePath: path))
        let made = try RecordingIndex(of: path)
        let kept = try #require(RecordingIndex.load(path, .init(of: path)))
        #expect(kept.blocks == made.blocks)
        #expect(kept.threads == made.threads)
        #expect(kept.topics == ["dashstream-events"])
    }

    @Test func aDamagedOrStaleIndexIsMadeAgain() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("run")
        try Data(Recording(golden).version2()).write(to: URL(filePath: path))
        let whole = try RecordingIndex(of: path)
        let file = RecordingIndex.file(of: path)
        let good = try [UInt8](Data(contentsOf: URL(filePath: file)))
        for at in stride(from: 0, to: good.count, by: max(1, good.count / 19)) {
            var bad = good
            bad[at] ^= 0x41
            try Data(bad).write(to: URL(filePath: file))
            #expect(RecordingIndex.load(path, try .init(of: path)) == nil, "byte \(at)")
            try Data(good.prefix(at)).write(to: URL(filePath: file))
            #expect(RecordingIndex.load(path, try .init(of: path)) == nil, "cut at \(at)")
        }
        #expect(try RecordingIndex(of: path).threads == whole.threads)
        var other = try Recording(golden)
        other.records.removeLast(1000)
        try Data(other.version2()).write(to: URL(filePath: path))
        #expect(try RecordingIndex(of: path).count == 3304)
    }

    @Test func ofACutRecordingTheIndexHoldsWhatIsWholeAndIsNotKept() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("cut")
        try Data(Recording(golden).version2().prefix(500_000)).write(to: URL(filePath: path))
        let index = try RecordingIndex(of: path)
        #expect(index.problem?.kind == .cut)
        #expect(index.count > 2000)
        #expect(!FileManager.default.fileExists(atPath: RecordingIndex.file(of: path)))
    }
}
