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

    private static func id(_ number: Int) -> MessageID {
        let bytes = Array("\(number)".utf8)
        return unsafe MessageID(bytes.span.bytes, SHA256())
    }

    @Test func theTableForgetsWhatIsTooOldAndNothingElse() {
        var memory = ClosedMemory(records: 1000)
        let base: Int64 = 1 << 40
        for offset in 0..<20_000 {
            memory.note(Self.id(offset), of: offset % 3000, at: base + Int64(offset))
        }
        let now = base + 20_000
        let known = (18_999..<20_000).filter { memory.knows(Self.id($0), of: $0 % 3000, at: now) }
        #expect(known == Array(19_000..<20_000))
        #expect(!memory.knows(15_999 % 3000, at: now + 2000))
        #expect(memory.bytes < 400_000)
    }

    /// Hashes find, bytes decide: with chosen ids a stranger could have others' messages taken for late or for duplicates.
    @Test func keysAndIDsOfTheSameHashAreNotTakenForOneAnother() {
        var memory = ClosedMemory(records: 1000)
        memory.note(Self.id(1), of: 1, hash: 7, at: 5)
        #expect(memory.knows(1, hash: 7, at: 6))
        #expect(!memory.knows(2, hash: 7, at: 6))
        memory.note(Self.id(2), of: 2, hash: 7, at: 6)
        let isKnown = [(1, 1), (1, 2), (2, 1)].map { memory.knows(Self.id($0), of: $1, hash: 7, at: 7) }
        #expect(isKnown == [true, false, false])
    }

    /// The same letters, and another tenant: short ones are compared as they are, long ones by their hash.
    @Test(arguments: [1, 100])
    func whereTheTenantEndsCounts(_ count: Int) {
        var memory = ClosedMemory(records: 1000)
        let name = [UInt8](repeating: UInt8(ascii: "a"), count: 3 * count)
        let text = unsafe name.span.bytes
        memory.note(Self.id(1), of: ClosedMemory.key(text, 7, tenant: count), at: 5)
        let isKnown = memory.knows(ClosedMemory.key(text, 7, tenant: count), at: 6)
        let isOtherKnown = memory.knows(ClosedMemory.key(text, 7, tenant: 2 * count), at: 6)
        #expect(isKnown && !isOtherKnown)
    }

    /// `MessageID` holds what was written: no two ids of the same bytes or of different ones are confused.
    @Test func idsAreWhatTheyAreOfWhateverLength() {
        let texts = [
            "", "\0", "\0\0", "a", "0123456789abcdef", "0123456789abcdeg", "0123456789abcdefg",
            String(repeating: "x", count: 90),
        ]
        let ids = texts.map { text in
            let bytes = Array(text.utf8)
            return unsafe MessageID(bytes.span.bytes, SHA256())
        }
        #expect(Set(ids).count == texts.count)
        var known = KnownIDs(Array(ids.prefix(4)))
        #expect(ids.map { known.insert($0) } == [false, false, false, false, true, true, true, true])
        #expect(ids.map { known.insert($0) }.allSatisfy { !$0 })
    }

    /// A thread of very many messages that is sent again as a whole, over and over.
    @Test func aLongThreadIsKnownMessageByMessage() {
        var memory = ClosedMemory(records: 200_000)
        for offset in 0..<50_000 { memory.note(Self.id(offset), of: 1, at: Int64(offset)) }
        let unknown = (0..<60_000).filter { !memory.knows(Self.id($0), of: 1, at: 50_000) }
        #expect(unknown == Array(50_000..<60_000))
        for offset in 50_000..<60_000 { memory.note(Self.id(offset), of: 1, at: Int64(offset)) }
        let still = (0..<60_000).filter { !memory.knows(Self.id($0), of: 1, at: 60_000) }
        #expect(still.isEmpty)
        // as far as the memory reaches, and no further
        let recent = (0..<60_000).filter { memory.knows(Self.id($0), of: 1, at: 250_000) }
        #expect(recent == Array(50_000..<60_000))
    }

    /// One record can hold a hundred thousand messages.
    @Test func recordsOfVeryManyMessagesMakeTheMemoryShorterNotLarger() {
        var memory = ClosedMemory(records: 100)
        for offset in 0..<50 {
            for message in 0..<1000 {
                memory.note(Self.id(offset * 1000 + message), of: offset, at: Int64(offset))
            }
        }
        #expect(memory.bytes < 500_000)
        let isLastKnown = memory.knows(Self.id(49_999), of: 49, at: 50)
        #expect(isLastKnown)
        #expect(!memory.knows(40, at: 50))
        // a restart that reads the last ones again knows the same
        var again = ClosedMemory(records: 100)
        for offset in 30..<50 {
            for message in 0..<1000 {
                again.note(Self.id(offset * 1000 + message), of: offset, at: Int64(offset))
            }
        }
        for offset in 30..<50 {
            #expect(memory.knows(offset, at: 50) == again.knows(offset, at: 50), "\(offset)")
        }
    }
}

/// Threads by number; `hash`: what the key is looked for by, whatever it is.
extension ClosedMemory {
    fileprivate mutating func note(_ id: MessageID, of thread: Int, hash: UInt64? = nil, at offset: Int64) {
        let name = Array("tthread \(thread)".utf8)
        unsafe note(id, of: Self.key(name.span.bytes, hash ?? UInt64(thread)), at: offset)
    }

    fileprivate func knows(_ thread: Int, hash: UInt64? = nil, at offset: Int64) -> Bool {
        let name = Array("tthread \(thread)".utf8)
        return unsafe knows(Self.key(name.span.bytes, hash ?? UInt64(thread)), at: offset)
    }

    fileprivate mutating func knows(_ id: MessageID, of thread: Int, hash: UInt64? = nil, at offset: Int64) -> Bool {
        let name = Array("tthread \(thread)".utf8)
        return unsafe knows(id, of: Self.key(name.span.bytes, hash ?? UInt64(thread)), at: offset)
    }

    /// `tenant`: how many of the first bytes are the tenant.
    @_lifetime(copy name)
    fileprivate static func key(_ name: RawSpan, _ hash: UInt64, tenant: Int = 1) -> MemoryKey {
        MemoryKey(hash: hash, name.extracting(0..<tenant), name.extracting(tenant..<name.byteCount))
    }
}
