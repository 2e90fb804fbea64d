import Testing

@testable import Reinforce

/// The memory budget counts whatever threads hold on their way, and long work is done in steps.
@Suite struct HeldBytesTests {
    private static let state = #"{"doc":"\#(String(repeating: "x", count: 50_000))"}"#

    @Test func threadsThatWaitForAnExampleCount() throws {
        var log = StageLog()
        log.start("a", at: 1000, example: "later", state: Self.state)
        log.end("a", at: 2000)
        var stage = try StageLog.stage(examples: []) { $0.examplesGrace = 10_000 }
        let before = stage.heldBytes
        log.read(into: &stage)
        let (waiting, held) = (stage.waitingThreads, stage.heldBytes)
        #expect(waiting == 1)
        #expect(held - before > 50_000)
        stage.update(example: try StageLog.example("later"))
        #expect(stage.takeVerdicts() == ["a g"])
        let after = stage.heldBytes
        #expect(after == before)
    }

    /// Reading stops at the budget: the partition's time stands still then, and threads that wait for it would for ever.
    @Test func threadsThatWaitDoNotWaitForAPartitionThatIsNotRead() throws {
        var log = StageLog()
        log.start("a", at: 1000, example: "later", state: Self.state)
        log.end("a", at: 2000)
        log.start("b", at: 2500, example: "later", group: "h", state: Self.state)
        log.end("b", at: 3000)
        var stage = try StageLog.stage(examples: []) { $0.examplesGrace = 10_000 }
        log.read(0..<2, into: &stage)
        stage.passWaiting(6000)
        log.read(2..<4, into: &stage)
        stage.closeSilent(at: 3000, offset: 4)
        #expect(stage.takeVerdicts() == [])
        stage.passWaiting(5000)
        stage.closeSilent(at: 3000, offset: 4)
        // the second one has waited for five seconds only
        #expect(stage.takeVerdicts() == ["a unknown_example"])
        stage.closeSilent(at: 8001, offset: 4)
        #expect(stage.takeVerdicts() == ["b unknown_example"])
    }

    @Test func threadsThatAreOverAreReadOneAtATimeAndCountUntilThen() throws {
        var log = StageLog()
        for name in ["a", "b"] {
            log.start(name, at: 1000, example: "e", group: name, state: Self.state)
            log.append(name, 2, type: 10, at: 1001)
        }
        var stage = try StageLog.stage()
        stage.isStepwise = true
        log.read(into: &stage)
        // one is over the limit at once, so that the other one stays open
        let isMore = stage.closeSilent(at: 1_000_000, offset: 4, limit: 1)
        #expect(isMore)
        let (unread, open, held) = (stage.hasUnread, stage.openThreads, stage.heldBytes)
        #expect(unread && open == 1 && held > 100_000)
        #expect(stage.takeVerdicts() == [])
        // to a checkpoint it is open
        let firsts = stage.openFirsts.sorted()
        #expect(firsts == [.init(offset: 0, index: 0), .init(offset: 2, index: 0)])
        let plan = log.plan(stage)
        #expect(plan.entries.first?.end == .init(offset: 4, index: 0))
        let (read, again) = (stage.readNext(), stage.readNext())
        #expect(read && !again)
        #expect(stage.takeVerdicts() == ["a a"])
        // and a restart finds both
        var restarted = try StageLog.stage()
        restarted.begin(plan, partition: 3)
        log.read(into: &restarted)
        restarted.endRestore()
        #expect(restarted.takeVerdicts() == ["a a"])
        restarted.closeSilent(at: 1_000_000, offset: 4)
        #expect(restarted.takeVerdicts() == ["b b"])
    }
}
