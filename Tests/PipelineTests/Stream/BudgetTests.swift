import Foundation
import Settings
import TestSupport
import Testing

@testable import Pipeline

/// Memory is bounded: reading stops at the budget.
@Suite(.waits) struct BudgetTests {
    @Test func atTheBudgetReadingStopsAndNothingIsLost() throws {
        let run = try StreamRun(GoldenCase.all[0])
        try run.produce(try Recording(run.golden.recording).records)
        let budget = run.settings.limits.memoryBudget
        run.settings.limits.memoryBudget = 1 << 12
        var paused = 0
        try run.process(FastClock(step: 20)) { processor in
            if processor.memory.pause.isPaused { paused += 1 }
            return paused > 20
        }
        #expect(paused > 20)
        run.settings.limits.memoryBudget = budget
        try run.process(FastClock(step: 200))
        let found = try run.digests()
        let expected = try run.replayedDigests()
        #expect(found.keys.sorted() == expected.keys.sorted())
        for (name, digests) in found { #expect(Set(digests) == Set(expected[name] ?? []), "\(name)") }
    }
}
