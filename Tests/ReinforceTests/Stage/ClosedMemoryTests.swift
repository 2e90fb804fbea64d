import Testing

@testable import Reinforce

/// Live, the last offsets of the partition are what is known of threads that are over.
@Suite struct ClosedMemoryTests {
    private func stage(_ records: Int64) throws -> ThreadStage {
        try StageLog.stage { $0.assembly.closedMemoryRecords = records }
    }

    @Test func aKeyWithinTheMemoryNeverOpensAgain() throws {
        var log = StageLog()
        log.start("a", at: 1, example: "e")
        log.end("a", at: 2)
        for _ in 0..<8 { log.append("a", 1, type: 1, at: 3) }
        var stage = try stage(1)
        log.read(into: &stage)
        #expect(stage.takeVerdicts() == ["a g"])
        // each occurrence is within one offset of the one before
        let (late, open) = (stage.assembly.lateAfterClose, stage.openThreads)
        #expect(late == 8)
        #expect(open == 0)
    }

    @Test func aKeyBeyondTheMemoryOpensANewThread() throws {
        var log = StageLog()
        log.start("a", at: 1, example: "e")
        log.end("a", at: 2)
        for _ in 0..<5 { log.append("b", 5, type: 11, at: 3) }
        log.append("a", 3, type: 11, at: 4)
        for (memory, open) in [(Int64(5), 2), (6, 1)] {
            var stage = try stage(memory)
            log.read(into: &stage)
            let found = stage.openThreads
            #expect(found == open)
        }
    }

    /// The key is known by its last occurrence, each id by its own.
    @Test func anIDIsKnownWhileItOccurredWithinTheMemory() throws {
        var log = StageLog()
        log.append("a", 1, type: 1, at: 1, id: "x")
        log.end("a", at: 2)
        log.append("a", 1, type: 1, at: 3, id: "y")
        log.append("b", 9, type: 11, at: 3)
        log.append("a", 1, type: 1, at: 3, id: "x")
        log.append("a", 1, type: 1, at: 3, id: "x")
        var stage = try stage(3)
        log.read(into: &stage)
        // at offset 4 the id of offset 0 is too old, the key of offset 2 is not; at 5 the id is known again
        let counts = (stage.assembly.lateAfterClose, stage.assembly.duplicates)
        #expect(counts == (2, 1))
    }

    @Test func aDuplicateOfAnOpenThreadCountsAsAnOccurrence() throws {
        var log = StageLog()
        log.append("a", 1, type: 1, at: 1, id: "x")
        for _ in 0..<4 { log.append("a", 1, type: 1, at: 2, id: "x") }
        log.append("a", 7, type: 11, at: 1_000_000, id: "z")
        var stage = try stage(1)
        log.read(into: &stage)
        // silent for too long: over; but its key occurred one offset before
        let counts = (stage.assembly.duplicates, stage.assembly.lateAfterClose, stage.openThreads)
        #expect(counts == (4, 1, 0))
    }

    @Test func theTableForgetsWhatIsTooOldAndNothingElse() {
        var memory = ClosedMemory(records: 1000)
        let base: Int64 = 1 << 40
        for offset in 0..<20_000 {
            memory.note(id: UInt64(offset), of: UInt64(offset % 3000), at: base + Int64(offset))
        }
        let now = base + 20_000
        #expect(
            (18_999..<20_000).allSatisfy {
                memory.knows(id: UInt64($0), of: UInt64($0 % 3000), at: now) == ($0 >= 19_000)
            }
        )
        #expect(!memory.knows(key: 15_999 % 3000, at: now + 2000))
        #expect(memory.bytes < 200_000)
    }
}
