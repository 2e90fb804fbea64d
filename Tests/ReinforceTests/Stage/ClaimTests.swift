import JSON
import Testing

@testable import Reinforce

/// What a running thread tells its group.
@Suite struct ClaimTests {
    @Test func aClaimIsToldOncePairingAndExampleAreKnown() throws {
        var log = StageLog()
        log.start("a", at: 1000, example: "e")
        log.start("b", at: 1001, example: "new", group: "h")
        log.start("c", at: 1002)
        var stage = try StageLog.stage()
        log.read(into: &stage)
        #expect(stage.takeClaimTexts() == ["+a g 1000"])
        stage.update(example: try StageLog.example("new"))
        try stage.note(pairing: StageLog.pairing("c"), recordKey: nil, timestamp: 5000)
        #expect(stage.takeClaimTexts() == ["+b h 1001", "+c g 1002"])
        #expect(stage.takeClaimTexts() == [])
    }

    @Test func aClaimEndsWithItsRolloutAndIsWithdrawnOtherwise() throws {
        var log = StageLog()
        log.start("a", at: 1000, example: "e")
        log.start("b", at: 1000, example: "e")
        log.start("b", at: 1001, example: "e", group: "h", sequence: 2)
        log.end("a", at: 2000)
        log.end("b", 3, at: 2000)
        var stage = try StageLog.stage()
        log.read(into: &stage)
        // two starts of b name two groups: neither has a rollout, and both may have been told by another process
        #expect(stage.takeClaimTexts() == ["+a g 1000", "+b g 1000", "-b g", "-b g", "-b h"])
        #expect(stage.takeVerdicts() == ["a g", "b conflicting_pairing"])
    }

    @Test func recordsBesideTheTraceMoveAClaim() throws {
        var log = StageLog()
        log.start("a", at: 1000)
        var stage = try StageLog.stage()
        log.read(into: &stage)
        #expect(stage.takeClaimTexts() == [])
        try stage.note(pairing: StageLog.pairing("a", group: "g1"), recordKey: nil, timestamp: 900)
        try stage.note(pairing: StageLog.pairing("a", group: "g2"), recordKey: nil, timestamp: 950)
        #expect(stage.takeClaimTexts() == ["+a g1 1000", "-a g1", "+a g2 1000"])
        // a thread that opens later is found by its key too, and one that is over is not
        log.start("b", at: 1001)
        log.start("c", at: 1002, example: "e")
        log.end("c", at: 1003)
        log.read(1..<4, into: &stage)
        try stage.note(pairing: StageLog.pairing("b", group: "h"), recordKey: nil, timestamp: 950)
        try stage.note(pairing: StageLog.pairing("c", group: "g3"), recordKey: nil, timestamp: 950)
        #expect(stage.takeClaimTexts() == ["+c g 1002", "+b h 1001"])
    }

    @Test func aClaimIsWithdrawnWhileItsExampleIsGone() throws {
        var log = StageLog()
        log.start("a", at: 1000, example: "e")
        var stage = try StageLog.stage()
        log.read(into: &stage)
        stage.remove(example: "e")
        stage.update(example: try StageLog.example("e"))
        #expect(stage.takeClaimTexts() == ["+a g 1000", "-a g", "+a g 1000"])
    }

    /// The lowest GRAPH_START tells the time, whichever came first.
    @Test func anEarlierStartMovesTheClaim() throws {
        var log = StageLog()
        log.start("a", at: 1500, example: "e", sequence: 4)
        log.start("a", at: 1400, example: "e", sequence: 1)
        var stage = try StageLog.stage()
        log.read(into: &stage)
        #expect(stage.takeClaimTexts() == ["+a g 1500", "+a g 1400"])
    }

    @Test func afterARestartEveryOpenThreadClaimsAgain() throws {
        var log = StageLog()
        log.start("a", at: 1000, example: "e")
        log.start("b", at: 1001, example: "e")
        log.start("done", at: 1002, example: "e")
        log.end("done", at: 1003)
        var stage = try StageLog.stage()
        log.read(into: &stage)
        // a has been spilled: its GRAPH_START is not read again
        let parts = stage.spill(at: 4, horizon: SpillHorizon(records: 3))
        #expect(parts.map(\.first.offset) == [0])
        let plan = log.plan(stage)
        #expect(plan.low == 1)
        var next = try StageLog.stage()
        next.begin(plan, partition: 3)
        try next.adopt(
            plan.entries.first { $0.cut != nil }?.first ?? .init(offset: -1, index: 0),
            parts: parts.map(\.bytes)
        )
        log.read(1..<4, into: &next)
        #expect(next.takeClaimTexts() == [])
        next.endRestoreIfReached(4)
        #expect(next.takeClaimTexts().sorted() == ["+a g 1000", "+b g 1001"])
        #expect(next.takeVerdicts() == [])
    }
}
