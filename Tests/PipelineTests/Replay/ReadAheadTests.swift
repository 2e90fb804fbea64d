import Foundation
import TestSupport
import Testing

@testable import Pipeline
@testable import Reinforce

/// With several threads the next chunk of a recording is read while one is worked on: nothing of what is written may
/// depend on it.
@Suite struct ReadAheadTests {
    private static let golden = GoldenCase.all[0]

    /// Several chunks; within the first one a record that contradicts its own length, and at the end half of a record.
    private func damaged() throws -> [UInt8] {
        let whole = try Fixture.bytes("golden/run/run.dsrun")
        let records = whole.dropFirst(8)
        var at = 8
        while at < 300_000 {
            let length = (0..<4).reduce(0) { $0 | Int(whole[at + $1]) << (8 * $1) }
            at += 4 + length
        }
        // partition, offset, timestamp, and a key longer than the record
        let broken: [UInt8] = [22, 0, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 16) + [255, 255, 0, 0]
        return whole[..<at] + broken + whole[at...] + records + records + records + records.prefix(50)
    }

    private func run(_ bytes: [UInt8], threads: Int, into folder: TemporaryFolder) throws -> Replay.Result {
        try Data(bytes).write(to: URL(filePath: folder.file("run.dsrun")))
        var options = try Self.golden.options(folder, threads: threads)
        options.input = folder.file("run.dsrun")
        return try Replay(options).run()
    }

    @Test func behindADamagedRecordNothingCountsWhateverWasReadAhead() throws {
        let bytes = try damaged()
        let one = try TemporaryFolder()
        let first = try run(bytes, threads: 1, into: one)
        #expect(first.problem?.kind == .damaged)
        for threads in [2, 4] {
            let many = try TemporaryFolder()
            let result = try run(bytes, threads: threads, into: many)
            #expect(result.problem?.description.contains("contradicts its own length") == true)
            for file in ["batches.jsonl", "ledger.jsonl", "dead.jsonl"] {
                #expect(try one.bytes(file) == many.bytes(file), "\(file) with \(threads) threads")
            }
        }
    }

    @Test func severalChunksGiveTheSameForAnyNumberOfThreads() throws {
        let whole = try Fixture.bytes("golden/run/run.dsrun")
        let bytes = whole + whole.dropFirst(8) + whole.dropFirst(8) + whole.dropFirst(8).prefix(50)
        let one = try TemporaryFolder()
        #expect(try run(bytes, threads: 1, into: one).problem?.kind == .cut)
        for threads in [2, 3] {
            let many = try TemporaryFolder()
            #expect(try run(bytes, threads: threads, into: many).problem?.kind == .cut)
            for file in ["batches.jsonl", "ledger.jsonl", "dead.jsonl"] {
                #expect(try one.bytes(file) == many.bytes(file), "\(file) with \(threads) threads")
            }
        }
    }
}
