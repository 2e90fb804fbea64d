import Foundation
import Settings
import TestSupport
import Testing

@testable import Pipeline

/// Memory is bounded: reading stops at the budget.
@Suite struct BudgetTests {
    @Test func atTheBudgetReadingStopsAndNothingIsLost() throws {
        let live = try LiveRun(GoldenCase.all[0])
        try live.produce(try Recording(live.golden.recording).records)
        let budget = live.settings.limits.memoryBudget
        live.settings.limits.memoryBudget = 1 << 12
        var paused = 0
        try live.process(FastClock(step: 20)) { processor in
            if processor.isPaused { paused += 1 }
            return paused > 20
        }
        #expect(paused > 20)
        live.settings.limits.memoryBudget = budget
        try live.process(FastClock(step: 200)) { $0.counts.batches > 0 && $0.groups.openCount == 0 && $0.isQuiet }
        let found = try live.digests()
        let expected = try live.replayedDigests()
        #expect(Set(found.keys) == Set(expected.keys))
        for (name, digests) in found { #expect(Set(digests) == [expected[name] ?? ""], "\(name)") }
    }
}
