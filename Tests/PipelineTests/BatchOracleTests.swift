import Foundation
import JSON
import TestSupport
import Testing

@testable import Pipeline
@testable import Reinforce

/// Batches in protobuf against the same batches in JSON, by an independent protobuf library.
@Suite struct BatchOracleTests {
    private static let python = ProcessInfo.processInfo.environment["DASH_ORACLE_PYTHON"]

    @Test(
        .enabled(if: python != nil, "run scripts/oracle, which installs the library"),
        arguments: [BatchConfiguration.Samples.both, .text, .fields]
    )
    func protobufSaysWhatJSONSays(_ samples: BatchConfiguration.Samples) throws {
        let folder = try TemporaryFolder()
        var files: [String] = []
        for (index, golden) in GoldenCase.all.enumerated() {
            var options = try golden.options()
            options.batches.samples = samples
            for name in ["\(index).pb", "\(index).jsonl"] {
                options.output = folder.file(name)
                options.batches.format = options.batches.format.ofFile(name)
                _ = try Replay(options).run()
                files.append(folder.file(name))
            }
        }
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let schema = root.deletingLastPathComponent().appending(path: "docs/reinforce.proto").path
        let process = Process()
        process.executableURL = URL(filePath: Self.python ?? "")
        process.arguments = [root.appending(path: "Oracle/batches.py").path, schema] + files
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func aFileOfProtobufHoldsTheBatchesOfTheLines() throws {
        let folder = try TemporaryFolder()
        var options = try GoldenCase.all[0].options()
        options.output = folder.file("b.jsonl")
        _ = try Replay(options).run()
        options.output = folder.file("b.pb")
        options.batches.format = .protobuf
        _ = try Replay(options).run()
        let bytes = try folder.bytes("b.pb")
        let file = unsafe bytes.span.bytes
        var found: [String] = []
        var at = 0
        while at < file.byteCount {
            var length = StoredReader(file, at: at)
            guard let value = length.varint() else { break }
            let count = Int(value)
            var batch = ProtobufReader(file.extracting(length.offset..<length.offset + count), "TrainingBatch")
            while let tag = try batch.tag() {
                switch tag.field {
                case 2: found.append(try batch.text(tag).string)
                case 1, 3, 4, 7: _ = try batch.varint(tag)
                default: _ = try batch.bytes(tag)
                }
            }
            at = length.offset + count
        }
        let expected = try folder.lines("b.jsonl").compactMap { $0["batch_id"]?.text }
        #expect(expected.count > 10)
        #expect(found == expected)
    }

    @Test(
        arguments: [
            ("b.pb", .json, .protobuf), ("b.pb.zst", .json, .protobuf), ("b.jsonl", .protobuf, .json),
            ("b.json.zst", .protobuf, .json), ("-", .protobuf, .protobuf), ("b", .json, .json),
        ] as [(String, BatchConfiguration.Format, BatchConfiguration.Format)]
    )
    func theNameOfAFileTellsItsFormat(
        _ name: String,
        _ configured: BatchConfiguration.Format,
        _ expected: BatchConfiguration.Format
    ) { #expect(configured.ofFile(name) == expected) }
}
