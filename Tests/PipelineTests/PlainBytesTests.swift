import DashStream
import Foundation
import JSON
import TestSupport
import Testing

@testable import Files
@testable import Pipeline
@testable import Problems
@testable import Recordings
@testable import Reinforce
@testable import StoredBatches

/// Files as people have them: compressed, with a byte order mark, in another encoding.
@Suite struct PlainBytesTests {
    private let folder: TemporaryFolder
    private let example = #"{"example_id":"e","data":{"q":"ü","a":"1"},"input_keys":["q"]}"# + "\n"
    /// A frame that decoders pass over, of five bytes.
    private static let skippable: [UInt8] = [0x5A, 0x2A, 0x4D, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5]

    init() throws { folder = try TemporaryFolder() }

    private func write(_ bytes: [UInt8], _ name: String = "x") throws -> String {
        try Data(bytes).write(to: URL(filePath: folder.file(name)))
        return folder.file(name)
    }

    /// One stored block with its checksum: gzip without a compressor.
    private func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1]
        out.append(little: UInt64(bytes.count), 2)
        out.append(little: UInt64(~UInt16(bytes.count)), 2)
        out += bytes
        out.append(little: UInt64(Recording.crc32(bytes)), 4)
        out.append(little: UInt64(bytes.count), 4)
        return out
    }

    @Test(arguments: ["plain", "bom", "zst", "gz", "skippable first", "skippable between", "gz bom", "two members"])
    func aTextIsReadHoweverItIsPacked(_ how: String) throws {
        let text = Array(example.utf8)
        let bom: [UInt8] = [0xEF, 0xBB, 0xBF]
        let zstd = ZstdWriter()
        let bytes: [UInt8] =
            switch how {
            case "bom": bom + text
            case "zst": zstd.frame(text)
            case "gz": gzip(text)
            case "skippable first": Self.skippable + zstd.frame(text) + Self.skippable
            case "skippable between":
                zstd.frame(Array(text.prefix(20))) + Self.skippable + zstd.frame(Array(text.dropFirst(20)))
            case "gz bom": gzip(bom + text)
            case "two members": gzip(Array(text.prefix(20))) + gzip(Array(text.dropFirst(20)))
            default: text
            }
        let path = try write(bytes)
        #expect(try readText(path) == text)
        var lines: [[UInt8]] = []
        let cut = try BatchSource.forEachLine(of: path) { _, line in lines.append(line) }
        #expect(cut == nil)
        #expect(lines == [Array(example.dropLast().utf8)])
    }

    @Test(arguments: [[0xFF, 0xFE, 0x7B, 0], [0xFE, 0xFF, 0, 0x7B], [0x7B, 0, 0x7D, 0]])
    func utf16SaysSo(_ bytes: [UInt8]) throws {
        let path = try write(bytes)
        let problem = #expect(throws: PipelineProblem.self) { try readText(path) }
        #expect(problem?.description.hasPrefix("\(path) is UTF-16; write it as UTF-8") == true)
    }

    @Test func cutAndDamagedGzipIsNamed() throws {
        var bytes = gzip(Array(example.utf8))
        let cut = try write(Array(bytes.dropLast(5)))
        #expect(throws: PipelineProblem(.input, "\(cut) ends within its gzip data: it was cut")) { try readText(cut) }
        bytes[20] ^= 1
        let damaged = try write(bytes)
        #expect(throws: PipelineProblem(.input, "\(damaged) is no whole gzip file: its data is damaged")) {
            try readText(damaged)
        }
    }

    @Test func problemsNameFileAndLine() throws {
        let run = Fixture.path("golden/run/run.dsrun")
        let tool = try Tool("replay", "--input", run, "--examples", write(gzip(Array((example + "{}\n").utf8)), "e.gz"))
        #expect(tool.code == 65)
        #expect(tool.error.contains("e.gz line 2: example has no `example_id`"))
        let pairings = try write(ZstdWriter().frame(Array("{}\nno\n".utf8)), "r.zst")
        let other = try Tool(
            "replay",
            "--input",
            run,
            "--examples",
            Fixture.path("golden/run/examples.jsonl"),
            "--rollouts",
            pairings
        )
        #expect(other.error.contains("r.zst line 2: pairing record does not parse"))
    }

    @Test func aSkippableFrameBeforeARecordingIsPassedOver() throws {
        let golden = try Fixture.bytes("golden/run/run.dsrun")
        let zstd = ZstdWriter()
        let half = golden.count / 2
        let path = try write(
            Self.skippable + zstd.frame(Array(golden[..<half])) + Self.skippable + zstd.frame(Array(golden[half...]))
        )
        let reader = try RecordingReader(path)
        var count = 0
        while let chunk = reader.next() { count += chunk.count }
        #expect(reader.problem == nil)
        #expect(count == 4304)
        // the index finds records behind it
        let index = try RecordingIndex(of: path, blockBytes: 100_000)
        let plain = try RecordingIndex(of: try write(golden, "plain"), blockBytes: 100_000)
        #expect(try index.record(at: 4000)?.value == plain.record(at: 4000)?.value)
    }

    @Test func aRecordingInGzipSaysWhatToDo() throws {
        let path = try write(gzip(Array("DSRUN".utf8)))
        let error = #expect(throws: InputError.self) { try RecordingReader(path) }
        #expect(error?.description.contains("gunzip") == true)
    }

    /// Millions of empty frames: what is noted of each must not be looked through for each.
    @Test func manyEmptyFramesAreOneWalk() throws {
        let empty: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x20, 0, 1, 0, 0]
        let many = Array(repeatElement(empty, count: 200_000).joined())
        let path = try write(many + ZstdWriter().frame(Array(example.utf8)))
        #expect(try readText(path) == Array(example.utf8))
    }

    /// A line of many megabytes is looked through once.
    @Test func aLongLineIsOneWalk() throws {
        let long = Array(repeating: UInt8(ascii: "a"), count: 40 << 20)
        var lengths: [Int] = []
        let path = try write(long + [0x0A, 0x62, 0x0A])
        _ = try BatchSource.forEachLine(of: path) { _, line in lengths.append(line.count) }
        #expect(lengths == [40 << 20, 1])
    }

    @Test func aSkippableFrameWithinAMessageIsPassedOver() throws {
        let frames = try Fixture.names(in: "golden/corpus", ending: "metrics_quality.zstd.bin")
        let frame = try Fixture.bytes("golden/corpus/\(try #require(frames.first))")
        for payload in [[1] + Self.skippable + frame.dropFirst(), frame + Self.skippable] {
            var decoder = FrameDecoder()
            let kind = try unsafe decoder.decode(payload.span.bytes).kind
            #expect(kind == .metrics)
        }
        var options = FrameOptions()
        options.legacyFrames = true
        var decoder = FrameDecoder(options)
        let legacy = Self.skippable + frame.dropFirst()
        #expect(try unsafe decoder.decode(legacy.span.bytes).kind == .metrics)
    }
}
