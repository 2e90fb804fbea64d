import Foundation
import TestSupport
import Testing

@testable import Pipeline
@testable import Reinforce

/// The text beside a committed offset. `DASH_FUZZ` sets how many damaged texts are tried (default 100,000).
@Suite struct CheckpointTests {
    private static func random(_ random: inout TestRandom, hasBase: Bool = true) -> Checkpoint {
        let position = Int64(random.pick([1, 100, 1 << 20, 1 << 40])) + Int64(random.below(1000))
        func offset() -> Int64 { Int64(random.below(Int(min(position, 5000)))) }
        let entries = (0..<random.pick([0, 1, 3, 40])).map { _ in
            let cut = random.chance(0.2) ? position - offset() : nil
            let first = RestorePlan.First(
                offset: max(0, (cut ?? position - 1) - offset()),
                index: random.chance(0.8) ? 0 : random.below(300)
            )
            var entry = OpenEntry(first: first, cut: cut)
            if random.chance(0.2) { entry.end = .init(offset: first.offset + offset(), index: random.below(3)) }
            if random.chance(0.1) { entry.standIn = Int64(random.below(1 << 41)) - 5 }
            guard cut != nil else { return entry }
            entry.parts = (0..<random.below(4)).map { _ in
                PartReference(
                    partition: 3,
                    offset: Int64(random.below(1 << 33)) - 1,
                    sum: UInt32(random.below(1 << 32))
                )
            }
            return entry
        }
        var checkpoint = Checkpoint(
            position: position,
            streamTime: random.chance(0.9) ? 1_700_000_000_000 + Int64(random.below(1 << 30)) : nil,
            entries: entries,
            token: CommitToken(writer: UInt32(random.below(1 << 32)), sequence: UInt64(random.below(1 << 20))),
            partitions: Int32(random.below(100)),
            anchor: LogAnchor(),
            memoryLow: random.chance(0.3) ? position - offset() : nil,
            extra: (0..<random.pick([0, 0, 9])).map { UInt8($0) }
        )
        checkpoint.code = UInt16(random.below(1 << 16))
        if random.chance(0.8) { checkpoint.anchor.lowKey = UInt32(random.below(1 << 32)) }
        if random.chance(0.8) {
            checkpoint.anchor.lastOffset = position - Int64(1 + random.below(Int(min(position, 3))))
            checkpoint.anchor.lastSum = UInt32(random.below(1 << 32))
        }
        guard hasBase, random.chance(0.4) else { return checkpoint }
        checkpoint.base = CheckpointBase(
            pointer: CheckpointPointer(partition: 3, offset: Int64(random.below(1 << 33)), text: "text"),
            committed: max(0, position - offset()),
            closed: (0..<random.below(9)).map { _ in
                RestorePlan.First(offset: offset(), index: random.chance(0.8) ? 0 : random.below(300))
            }
        )
        return checkpoint
    }

    @Test func everythingComesBackAsItWasWritten() throws {
        var random = TestRandom(1)
        for _ in 0..<3000 {
            let checkpoint = Self.random(&random)
            let committed = random.chance(0.5) ? checkpoint.position : max(0, checkpoint.position - 50)
            let text = checkpoint.text(group: "app", committed: committed)
            #expect(try Checkpoint(text, group: "app", committed: committed) == checkpoint)
        }
    }

    /// Written by the program that knew no other format than 2, of the checkpoints that the same seed gives.
    @Test func textsOfFormatTwoAreRead() throws {
        let fixture = String(decoding: try Fixture.bytes("checkpoints/format-2.txt"), as: UTF8.self)
        var random = TestRandom(11)
        let lines = fixture.split(separator: "\n")
        #expect(lines.count == 60)
        for line in lines {
            let checkpoint = Self.random(&random, hasBase: false)
            _ = random.chance(0.5)
            let parts = line.split(separator: " ")
            let committed = try #require(Int64(parts[0]))
            #expect(try Checkpoint(String(parts[1]), group: "app", committed: committed) == checkpoint)
            // and a list that is told whole is still written so, for the program before
            #expect(checkpoint.text(group: "app", committed: committed) == parts[1])
        }
    }

    @Test func whatWasCutOrChangedIsRefused() {
        let tries = ProcessInfo.processInfo.environment["DASH_FUZZ"].flatMap(Int.init) ?? 100_000
        var random = TestRandom(2)
        var accepted = 0
        var checkpoint = Self.random(&random)
        for number in 0..<tries {
            if number % 50 == 0 { checkpoint = Self.random(&random) }
            let text = checkpoint.text(group: "app", committed: checkpoint.position)
            let damaged = Self.damage(text, &random)
            guard damaged != text else { continue }
            if (try? Checkpoint(damaged, group: "app", committed: checkpoint.position)) != nil { accepted += 1 }
            if CheckpointPointer(damaged) != nil { accepted += 1 }
        }
        #expect(accepted == 0)
    }

    /// One kind of damage: cut, a bit of a character, a bit of a byte, a character more, noise.
    private static func damage(_ text: String, _ random: inout TestRandom) -> String {
        var characters = Array(text.utf8)
        switch random.below(5) {
        case 0: characters.removeLast(1 + random.below(characters.count))
        case 1: characters[random.below(characters.count)] ^= 1 << UInt8(random.below(7))
        case 2:
            guard var bytes = Data(base64Encoded: text) else { return "" }
            bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
            return bytes.base64EncodedString()
        case 3: characters.insert(random.pick(Array("A=/+\n x".utf8)), at: random.below(characters.count + 1))
        default:
            let bytes = Data((0..<random.below(80)).map { _ in UInt8(random.below(256)) })
            return (Data([0x44, 0x52, UInt8(random.pick([2, 3]))]) + bytes).base64EncodedString()
        }
        return String(decoding: characters, as: UTF8.self)
    }

    @Test func aNewerFormatIsRefusedByItsNumber() throws {
        var random = TestRandom(3)
        let text = Self.random(&random).text(group: "app", committed: 0)
        var bytes = [UInt8](try #require(Data(base64Encoded: text))).dropLast(4)
        bytes[2] = 9
        let sum = crc32(bytes)
        let newer = Data(bytes + (0..<4).map { UInt8(truncatingIfNeeded: sum >> UInt32(8 * $0)) }).base64EncodedString()
        #expect(throws: CheckpointError.unsupportedFormat(9)) { try Checkpoint(newer, group: "app", committed: 0) }
    }

    @Test func whatIsNoCheckpointOfThisGroupIsToldApart() {
        let text = Checkpoint(position: 5, streamTime: nil, entries: []).text(group: "app", committed: 5)
        #expect(throws: CheckpointError.empty) { try Checkpoint("", group: "app", committed: 5) }
        #expect(throws: CheckpointError.foreign) { try Checkpoint("metadata", group: "app", committed: 5) }
        #expect(throws: CheckpointError.otherGroup) { try Checkpoint(text, group: "other", committed: 5) }
        #expect(throws: CheckpointError.damaged) {
            try Checkpoint(String(text.dropLast(4)), group: "app", committed: 5)
        }
    }

    /// The sizes that the design was simulated with: 40 events a thread, one thread in a hundred ten times as long.
    @Test(arguments: [(50, 152), (200, 384), (1000, 1732)])
    func openThreadsTakeFewCharacters(_ open: Int, _ expected: Int) throws {
        var random = TestRandom(UInt64(open))
        var threads = (0..<open).map { _ in (first: Int64(0), left: 1 + random.below(40)) }
        let count = Int64(open * 400)
        for offset in 0..<count {
            let index = random.below(open)
            if threads[index].left == 0 { threads[index] = (offset, random.chance(0.01) ? 400 : 40) }
            threads[index].left -= 1
        }
        let entries = threads.filter { $0.left > 0 }.map { OpenEntry(first: .init(offset: $0.first, index: 0)) }
        let text = Checkpoint(
            position: 1 << 33 + count,
            streamTime: 1_700_000_000_000,
            entries: entries.map { OpenEntry(first: .init(offset: 1 << 33 + $0.first.offset, index: 0)) },
            token: CommitToken(writer: 1, sequence: 100_000),
            partitions: 12,
            anchor: LogAnchor(lowKey: 1, lastOffset: 1 << 33 + count - 1, lastSum: 1)
        ).text(group: "app", committed: 1 << 33 + count)
        #expect(text.utf8.count <= expected + expected / 10, "\(text.utf8.count) characters")
        #expect(Checkpoint.fitsInline(text))
    }

    @Test func aPointerNamesItsRecord() throws {
        let text = String(repeating: "x", count: 5000)
        #expect(!Checkpoint.fitsInline(text))
        let pointer = CheckpointPointer(partition: 2, offset: 77, text: text)
        #expect(CheckpointPointer(pointer.text) == pointer)
        #expect(pointer.names(Array(text.utf8)))
        #expect(!pointer.names(Array(text.utf8.dropLast())))
        for wrong in ["@", "@1:2:3", "@1:2:3:zz", "@-1:2:3:4", "@01:2:3:4", "1:2:3:4", "@1:2:3:4:5"] {
            #expect(CheckpointPointer(wrong) == nil, "\(wrong)")
        }
    }
}
