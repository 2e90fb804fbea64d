import Foundation
import TestSupport

@testable import Pipeline

/// What a replay has written, byte for byte.
struct Outputs: Equatable {
    let batches: [UInt8]
    let ledger: [UInt8]
    let dead: [UInt8]
    /// Counts only: no time.
    let summary: String
    /// It went through temporary files.
    let wasSpilled: Bool

    /// Runs a replay with its files in a folder of its own.
    init(_ golden: GoldenCase, budget: Int = 1 << 30, threads: Int = 1, _ change: (inout ReplayOptions) -> Void) throws
    {
        let folder = try TemporaryFolder()
        var options = try golden.options(folder, threads: threads)
        options.memoryBudget = budget
        change(&options)
        let result = try Replay(options).run()
        batches = try folder.bytes("batches.jsonl")
        ledger = try folder.bytes("ledger.jsonl")
        dead = try folder.bytes("dead.jsonl")
        let text = String(decoding: result.summary.json, as: UTF8.self)
        summary = text.components(separatedBy: "\"seconds\"").first ?? ""
        wasSpilled = result.wasSpilled
    }

    static func == (a: Outputs, b: Outputs) -> Bool {
        a.batches == b.batches && a.ledger == b.ledger && a.dead == b.dead && a.summary == b.summary
    }
}
