import TestSupport
import Testing

@testable import Reinforce

/// At least once: what is written and not committed is written again, and is the same.
@Suite struct GroupStageRepeatTests {
    /// Killed anywhere, between write and commit too: no group ever stands there with other members or advantages, and all
    /// that an uninterrupted run with the same commits writes is there.
    @Test func whatComesAgainIsTheSameAndNothingIsMissing() throws {
        var restores = 0
        var repeated = 0
        for seed in 0..<1000 {
            let script = ScoredScript(seed: seed, records: 110)
            var random = SeededNumbers(seed: seed + 2_000_000)
            var process = PlainProcess(script)
            var index = 0
            while index < script.steps.count {
                let step = script.steps[index]
                try process.receive(step)
                index += 1
                if step.closes { process.commit(now: step.now, writes: step.writes) }
                if random.chance(10) {
                    // late enough for the decisions of the last commit to be pending
                    if random.chance(60) { process.commit(now: step.now, writes: true, diesBetween: true) }
                    index = try process.crash()
                }
            }
            for _ in 0..<2 { process.commit(now: nil, writes: true) }
            let expected = try Self.uninterrupted(script, process.commits)
            let found = Set(process.written)
            guard found == expected else {
                let missing = expected.subtracting(found).sorted()
                let extra = found.subtracting(expected).sorted()
                Issue.record("seed \(seed): missing \(missing), extra \(extra)")
                return
            }
            restores += process.restores
            repeated += process.written.count - found.count
        }
        #expect(restores > 5000)
        #expect(repeated > 100)
    }

    private static func uninterrupted(_ script: ScoredScript, _ commits: [PlainProcess.Commit]) throws -> Set<String> {
        var process = PlainProcess(script)
        var left = commits[...]
        for step in script.steps {
            try process.receive(step)
            while let commit = left.first, commit.position == step.offset + 1 {
                process.commit(now: commit.now, writes: commit.writes)
                left.removeFirst()
            }
        }
        return Set(process.written)
    }
}
