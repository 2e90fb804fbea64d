import JSON
import Testing

@testable import Reinforce

/// Restarts that do not find what they need.
@Suite struct RestartFaultTests {
    /// Two threads open, `a` with a spilled part, `b` without.
    private func interrupted() throws -> (StageLog, RestorePlan, [SpilledPart]) {
        var log = StageLog()
        log.start("a", at: 1000, example: "e")
        for sequence in UInt64(2)..<6 { log.append("a", sequence, type: 11, at: 1000) }
        log.start("b", at: 1001, example: "e")
        var stage = try StageLog.stage()
        log.read(into: &stage)
        let parts = stage.spill(at: 6, horizon: SpillHorizon(records: 3, partBytes: 50))
        return (log, log.plan(stage), parts)
    }

    @Test func threadsWhoseHeadIsGoneEndOnce() throws {
        let (log, plan, parts) = try interrupted()
        var stage = try StageLog.stage()
        stage.begin(plan, partition: 3)
        try stage.adopt(.init(offset: 0, index: 0), parts: parts.map(\.bytes))
        // b's first record is gone; a needs nothing below 6
        let lost = stage.loseHead(before: 6)
        #expect(lost == 1)
        stage.endRestoreIfReached(6)
        let entries = stage.finished.map(\.entry)
        #expect(entries == [OpenEntry(first: .init(offset: 5, index: 0))])
        guard case .excluded(let thread)? = stage.finished.first else {
            Issue.record("not excluded")
            return
        }
        var line: [UInt8] = []
        LedgerEntry(thread).append(to: &line)
        let json = try JSONValue(parsing: line)
        guard case .object(let fields) = json else { return }
        #expect(fields["reason"] == .string("incomplete"))
        #expect(fields["detail"] == .string("head_lost"))
        let open = stage.openEntries.map(\.first.offset)
        #expect(open == [0])
        _ = log
    }

    /// Its parts tell who it was.
    @Test func aSpilledThreadThatLostRecordsBehindItsCutIsNamed() throws {
        let (_, plan, parts) = try interrupted()
        var stage = try StageLog.stage()
        stage.begin(plan, partition: 3)
        try stage.adopt(.init(offset: 0, index: 0), parts: parts.map(\.bytes))
        stage.loseHead(before: 7)
        #expect(stage.takeVerdicts().sorted() == [" incomplete", "a incomplete"])
        stage.endRestoreIfReached(6)
        #expect(stage.takeVerdicts() == [])
        let bytes = stage.openBytes
        #expect(bytes == 0)
    }

    @Test func aFirstRecordThatIsMissingWhileReadingCountsAsLost() throws {
        let (log, plan, parts) = try interrupted()
        var stage = try StageLog.stage()
        stage.begin(plan, partition: 3)
        try stage.adopt(.init(offset: 0, index: 0), parts: parts.map(\.bytes))
        log.read(0..<5, into: &stage)
        stage.endRestoreIfReached(6)
        #expect(stage.takeVerdicts() == [" incomplete"])
    }

    @Test func anotherLogIsToldByItsAnchor() throws {
        var log = StageLog()
        log.start("a", at: 1000, example: "e")
        log.append("b", 3, type: 11, at: 1000)
        var stage = try StageLog.stage()
        log.read(into: &stage)
        let plan = log.plan(stage)

        func problem(_ other: StageLog) throws -> RestoreProblem? {
            var stage = try StageLog.stage()
            stage.begin(plan, partition: 3)
            other.read(into: &stage)
            stage.endRestoreIfReached(2)
            return stage.restoreProblem
        }
        #expect(try problem(log) == nil)
        var otherThread = StageLog()
        otherThread.start("x", at: 1000, example: "e")
        otherThread.append("b", 3, type: 11, at: 1000)
        #expect(try problem(otherThread) == .otherThread(.init(offset: 0, index: 0)))
        var otherRecord = StageLog()
        otherRecord.start("a", at: 1000, example: "e")
        otherRecord.append("b", 4, type: 11, at: 1000)
        #expect(try problem(otherRecord) == .otherRecord(1))
    }

    @Test func partsThatAreMissingOrChangedAreRefused() throws {
        let (_, plan, parts) = try interrupted()
        #expect(parts.count > 2)
        let first = RestorePlan.First(offset: 0, index: 0)
        let values = parts.map(\.bytes)
        func problem(_ values: [[UInt8]], _ first: RestorePlan.First = .init(offset: 0, index: 0)) throws
            -> SpillProblem?
        {
            var stage = try StageLog.stage()
            stage.begin(plan, partition: 3)
            do { try stage.adopt(first, parts: values) } catch { return error }
            return nil
        }
        #expect(try problem(values) == nil)
        #expect(try problem(values.dropLast()) == .missing(first, expected: values.count, found: values.count - 1))
        var changed = values
        changed[1][7] ^= 1
        #expect(try problem(changed) == .damaged(first, part: 1))
        #expect(try problem(values, .init(offset: 5, index: 0)) == .unexpected(.init(offset: 5, index: 0)))
    }

    /// No bytes that anybody could put on the topic may crash a process: the check sum is taken of them as they are.
    @Test func aPartOfAnyBytesIsRefused() throws {
        let (_, plan, parts) = try interrupted()
        let whole = parts.reduce([UInt8]()) { $0 + $1.bytes.dropFirst(2) }
        var random: UInt64 = 1
        func next() -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(random >> 33)
        }
        var taken = 0
        for _ in 0..<3000 {
            var bytes = whole
            for _ in 0...next() % 3 { bytes[next() % bytes.count] = UInt8(truncatingIfNeeded: next()) }
            if next() % 3 == 0 { bytes.removeLast(next() % bytes.count) }
            var entry = plan.entries.first { $0.cut != nil } ?? OpenEntry(first: .init(offset: 0, index: 0))
            let value = [SpillFormat.current, 0] + bytes
            entry.parts = [PartReference(partition: 0, offset: -1, sum: SpilledPart.sum(of: value))]
            var stage = try StageLog.stage()
            stage.begin(RestorePlan(position: 6, streamTime: 1001, entries: [entry]), partition: 3)
            guard (try? stage.adopt(entry.first, parts: [value])) != nil else { continue }
            taken += 1
            stage.endRestore()
            stage.close()
        }
        #expect(taken < 3000)
    }

    @Test func aSilentThreadIsSpilledOnceAndItsPartsAreGivenBack() throws {
        var log = StageLog()
        log.start("a", at: 1000, example: "e")
        for _ in 0..<9 { log.append("b", 9, type: 80, at: 1000) }
        log.end("a", at: 1000)
        var stage = try StageLog.stage()
        log.read(0..<5, into: &stage)
        let first = stage.spill(at: 5, horizon: SpillHorizon(records: 3))
        #expect(first.map(\.key) == [Array("0.0.0".utf8), Array("1.0.0".utf8)])
        stage.placed(first[0], partition: 1, offset: 77)
        log.read(5..<9, into: &stage)
        // its cut moves without another part: it has gained nothing
        let second = stage.spill(at: 9, horizon: SpillHorizon(records: 3))
        #expect(second.map(\.key) == [Array("1.0.1".utf8)])
        let entry = stage.openEntries.first { $0.first.offset == 0 }
        #expect(entry?.cut == 9)
        #expect(entry?.parts == [PartReference(partition: 1, offset: 77, sum: first[0].sum)])
        log.read(9..<11, into: &stage)
        #expect(stage.finished.map(\.spentParts) == [[Array("0.0.0".utf8)]])
        // b had auxiliary messages only: it ends without a fate
        stage.close()
        #expect(stage.takeSpentParts() == [Array("1.0.0".utf8), Array("1.0.1".utf8)])
    }
}
