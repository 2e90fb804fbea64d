import Foundation
import TestSupport
import Testing

@testable import Reinforce

/// Whatever is killed, and whenever: the committed output is that of the uninterrupted run.
@Suite struct GroupStageRestoreTests {
    /// Logs to try; the environment may ask for more.
    static let logs = ProcessInfo.processInfo.environment["DASH_CRASH_LOGS"].flatMap { Int($0) } ?? 1000

    private struct Sums {
        var restores = 0
        var decisions = 0
        var late = 0
        var lapsed = 0
        var groups = 0
    }

    /// Every group once with the same members, advantages and reason, every late thread once.
    @Test func theOutputAfterAnyCrashesIsThatOfTheUninterruptedRun() throws {
        var sums = Sums()
        for seed in 0..<Self.logs {
            let script = ScoredScript(seed: seed, records: 110)
            let expected = try Self.uninterrupted(script, &sums)
            let found = try Self.interrupted(script, seed: seed, &sums) { $0 }
            guard found == expected else {
                let missing = expected.filter { !found.contains($0) }
                let extra = found.filter { !expected.contains($0) }
                Issue.record("seed \(seed): missing \(missing), extra \(extra), \(expected.count) and \(found.count)")
                return
            }
        }
        #expect(sums.restores >= Self.logs * 20)
        // decided groups that were not written yet, and whatever else the logs must hold for this to mean anything
        #expect(sums.decisions > 0)
        #expect(sums.late > 0)
        #expect(sums.lapsed > 0)
        #expect(sums.groups > Self.logs)
    }

    /// Each part of the checkpoint is needed: without it some run differs.
    @Test(arguments: ["decisions", "open groups", "the clock"])
    func aCheckpointWithoutOneOfItsPartsIsCaught(_ part: String) throws {
        var sums = Sums()
        for seed in 0..<400 {
            let script = ScoredScript(seed: seed, records: 110)
            let expected = try Self.uninterrupted(script, &sums)
            let found = try Self.interrupted(script, seed: seed, &sums) { checkpoint in
                var cut = checkpoint
                switch part {
                case "decisions":
                    cut.firsts = cut.firsts.map { RestorePlan.First(offset: $0.offset, index: 0) }
                case "open groups": cut.firsts = []
                default: cut.clock = []
                }
                return cut
            }
            if found != expected { return }
        }
        Issue.record("\(part) could be left out of the checkpoint and nothing was missed")
    }

    private static func uninterrupted(_ script: ScoredScript, _ sums: inout Sums) throws -> [String] {
        var process = ScoredProcess(script)
        for step in script.steps { try process.run(step) }
        process.finish()
        sums.late += process.counters.late
        sums.lapsed += process.counters.lapsed
        sums.groups += process.committed.count
        return process.committed.sorted()
    }

    private static func interrupted(
        _ script: ScoredScript,
        seed: Int,
        _ sums: inout Sums,
        _ store: @escaping (ScoredProcess.Checkpoint) -> ScoredProcess.Checkpoint
    ) throws -> [String] {
        var random = SeededNumbers(seed: seed + 1_000_000)
        var process = ScoredProcess(script)
        process.store = store
        var index = 0
        while index < script.steps.count {
            try process.run(script.steps[index], commitsBefore: random.chance(6))
            index += 1
            if random.chance(20) { process.commit() }
            if random.chance(13) { index = try process.crash() }
        }
        process.finish()
        sums.restores += process.restores
        sums.decisions += process.restoredDecisions
        return process.committed.sorted()
    }
}
