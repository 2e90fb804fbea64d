import JSON
import Testing

@testable import Reinforce

/// Examples and pairings that come after their thread.
@Suite struct LaterArrivalTests {
    @Test func aThreadWaitsForItsExample() throws {
        var log = StageLog()
        log.start("a", at: 1000, example: "new")
        log.end("a", at: 2000)
        var stage = try StageLog.stage { $0.examplesGrace = 500 }
        log.read(into: &stage)
        stage.closeSilent(at: 2500, offset: 2)
        #expect(stage.takeVerdicts() == [])
        // it is still open as far as a checkpoint is concerned, and says where it ended
        #expect(stage.openEntries == [OpenEntry(first: .init(offset: 0, index: 0), end: .init(offset: 1, index: 1))])
        stage.update(example: try StageLog.example("new"))
        #expect(stage.takeVerdicts() == ["a g"])
        #expect(stage.openEntries == [])
    }

    @Test func whenTheExampleDoesNotComeTheThreadIsExcluded() throws {
        var log = StageLog()
        log.start("a", at: 1000, example: "new")
        log.end("a", at: 2000)
        var stage = try StageLog.stage { $0.examplesGrace = 500 }
        log.read(into: &stage)
        stage.closeSilent(at: 2501, offset: 2)
        #expect(stage.takeVerdicts() == ["a unknown_example"])
        stage.update(example: try StageLog.example("new"))
        #expect(stage.takeVerdicts() == [])
    }

    @Test func aThreadWithoutPairingWaitsForARecord() throws {
        var log = StageLog()
        for thread in ["a", "b", "c"] {
            log.start(thread, at: 1000)
            log.end(thread, at: 2000)
        }
        var stage = try StageLog.stage { $0.pairingGrace = 500 }
        log.read(into: &stage)
        try stage.note(pairing: StageLog.pairing("a"), recordKey: nil, timestamp: 2500)
        // written too long after the end
        try stage.note(pairing: StageLog.pairing("b"), recordKey: nil, timestamp: 2501)
        #expect(stage.takeVerdicts() == ["a g"])
        stage.closeSilent(at: 2501, offset: 6)
        #expect(stage.takeVerdicts() == ["b unpaired", "c unpaired"])
    }

    @Test func aRecordFromLongBeforeDoesNotCount() throws {
        var log = StageLog()
        log.start("a", at: 10_000)
        log.start("b", at: 10_000)
        log.end("a", at: 10_001)
        log.end("b", at: 10_001)
        var stage = try StageLog.stage {
            $0.assembly.maxThreadAge = 1000
            $0.pairingGrace = 0
        }
        try stage.note(pairing: StageLog.pairing("a"), recordKey: nil, timestamp: 9000)
        try stage.note(pairing: StageLog.pairing("b"), recordKey: nil, timestamp: 8999)
        log.read(into: &stage)
        stage.closeSilent(at: 20_000, offset: 4)
        #expect(stage.takeVerdicts() == ["a g", "b unpaired"])
    }

    @Test func ofSeveralRecordsTheLastBeforeTheClaimWins() throws {
        var log = StageLog()
        log.start("a", at: 1000)
        log.end("a", at: 2000)
        var stage = try StageLog.stage()
        try stage.note(pairing: StageLog.pairing("a", group: "g1"), recordKey: nil, timestamp: 900)
        try stage.note(pairing: StageLog.pairing("a", group: "g2"), recordKey: nil, timestamp: 1000)
        log.read(0..<1, into: &stage)
        #expect(stage.takeClaimTexts() == ["+a g2 1000"])
        try stage.note(pairing: StageLog.pairing("a", group: "g3"), recordKey: nil, timestamp: 1001)
        #expect(stage.takeClaimTexts() == [])
        let ignored = stage.counters.pairingsIgnored
        #expect(ignored == 1)
        log.read(1..<2, into: &stage)
        #expect(stage.takeVerdicts() == ["a g2"])
    }

    @Test func recordsLeaveWithTheirThreadOrByAge() throws {
        var log = StageLog()
        log.start("a", at: 1000)
        log.end("a", at: 2000)
        var stage = try StageLog.stage { $0.assembly.maxThreadAge = 10_000 }
        try stage.note(pairing: StageLog.pairing("a"), recordKey: nil, timestamp: 1000)
        try stage.note(pairing: StageLog.pairing("never"), recordKey: nil, timestamp: 1000)
        log.read(into: &stage)
        let after = stage.registry.count
        #expect(after == 1)
        stage.closeSilent(at: 30_000, offset: 2)
        let left = stage.registry.count
        #expect(left == 0)
    }
}
