import DashStream
import TestSupport
import Testing

@testable import Reinforce

/// Hash tables made by hand against plain dictionaries, over random operations.
@Suite struct TableTests {
    @Test(arguments: 1...15)
    func aThreadTableFindsEverySlotThatIsThere(_ seed: Int) {
        var random = SeededNumbers(seed: seed)
        var table = ThreadTable()
        var plain: [Int: UInt64] = [:]
        // few hashes, next to each other and alike in their low bits: they collide, wrap around and share a hash
        let hashes: [UInt64] = (0..<40).map { UInt64($0 % 8) &<< 40 | UInt64(56 + $0 % 12) } + [0, .max]
        for _ in 0..<5000 {
            let slot = random.below(400)
            if let hash = plain[slot] {
                if random.chance(60) {
                    table.remove(hash, slot: slot)
                    plain[slot] = nil
                }
                #expect((table.find(hash) { $0 == slot } != nil) == (plain[slot] != nil))
            } else {
                let hash = random.chance(70) ? random.pick(hashes) : random.next()
                // one that is not there is not taken out
                table.remove(hash, slot: slot)
                table.insert(hash, slot: slot)
                plain[slot] = hash
            }
            #expect(table.count == plain.count)
        }
        for (slot, hash) in plain { #expect(table.find(hash) { $0 == slot } == slot) }
        for hash in hashes {
            var found: Set<Int> = []
            #expect(
                table.find(hash) { slot in
                    found.insert(slot)
                    return false
                } == nil
            )
            #expect(found == Set(plain.filter { $0.value == hash }.keys))
        }
    }

    @Test(arguments: 1...10)
    func anIdentityIndexNamesEveryEntryOfATag(_ seed: Int) {
        var random = SeededNumbers(seed: seed)
        var entries: [ThreadEntry] = []
        func add() {
            // few tags: many entries share one
            let hash = random.chance(50) ? UInt64(random.below(30)) : random.next()
            let position = UInt32(entries.count)
            entries.append(ThreadEntry(sequence: 1, position: position, idHash: hash, flags: .auxiliary))
        }
        for _ in 0..<33 { add() }
        var index = IdentityIndex(entries)
        for _ in 0..<1500 {
            add()
            index.insert(entries.count - 1, entries)
        }
        let tags = Set(entries.map(\.idTag)).union((0..<50).map { _ in UInt32(random.below(1 << 28)) })
        for tag in tags {
            var found: [UInt32] = []
            _ = index.contains(tag, entries) { entry in
                found.append(entry.position)
                return false
            }
            #expect(found.sorted() == entries.filter { $0.idTag == tag }.map(\.position))
            if let last = found.last {
                #expect(index.contains(tag, entries) { $0.position == last })
            }
        }
    }

    @Test(arguments: 1...10)
    func theMemoryOfClosedThreadsKnowsWhatIsRecent(_ seed: Int) {
        var random = SeededNumbers(seed: seed)
        let sha = SHA256()
        let records: Int64 = 1500
        var memory = ClosedMemory(records: records)
        var lastOfKey: [String: Int64] = [:]
        var lastOfID: [String: Int64] = [:]
        for offset in 0..<Int64(12_000) {
            // long ids and names are compared by their hash
            let long = random.chance(10) ? String(repeating: "n", count: 70) : ""
            // a few keys have many messages: these come into a table once one of them is asked for
            let name = long + "thread-\(random.chance(60) ? random.below(4) : random.below(100_000))"
            let id = (random.chance(20) ? "an id of more than sixteen bytes " : "") + "\(random.below(400))"
            let message = unsafe MessageID(Array(id.utf8).span.bytes, sha)
            memory.note(message, of: name, at: offset)
            lastOfKey[name] = offset
            lastOfID["\(name)/\(id)"] = offset
            guard offset % 300 == 0 else { continue }
            for (name, last) in lastOfKey where random.chance(20) {
                #expect(memory.knows(name, at: offset) == (offset - last <= records))
            }
            for (name, last) in lastOfID where random.chance(5) {
                let parts = name.split(separator: "/")
                let message = unsafe MessageID(Array(parts[1].utf8).span.bytes, sha)
                #expect(memory.knows(message, of: String(parts[0]), at: offset) == (offset - last <= records))
            }
        }
        // and what is too old does go: it does not grow with the log
        #expect(memory.bytes < 600_000)
    }

    @Test(arguments: 1...10)
    func recentMessagesAreHandedOutByKeyTheNewestFirst(_ seed: Int) {
        var random = SeededNumbers(seed: seed)
        var messages = RecentMessages()
        var newest: [Int: Int] = [:]
        var plain: [Int: [(id: MessageID, offset: Int64)]] = [:]
        for offset in 0..<Int64(4000) {
            // now and then all is forgotten, or nothing for long: the ring grows, and wraps around
            let reach = Int64(random.chance(2) ? 0 : random.below(700))
            messages.drop(before: offset - reach)
            for key in plain.keys { plain[key]?.removeAll { $0.offset < offset - reach } }
            for _ in 0..<random.below(3) {
                let key = random.below(6)
                let id = unsafe MessageID(Array("\(random.below(50))".utf8).span.bytes, SHA256())
                newest[key] = messages.append(id, at: offset, before: newest[key] ?? 0)
                plain[key, default: []].append((id, offset))
            }
            guard offset % 100 == 0 else { continue }
            for (key, expected) in plain {
                var found: [(MessageID, Int64)] = []
                let limit = random.below(expected.count + 2)
                messages.forEach(from: newest[key] ?? 0) {
                    found.append(($0, $1))
                    return found.count > limit
                }
                let wanted = expected.reversed().prefix(limit + 1)
                #expect(found.map(\.0) == wanted.map(\.id) && found.map(\.1) == wanted.map(\.offset))
            }
        }
        #expect(messages.bytes <= 4096 * 32)
    }
}

/// Keys by the names of their threads. Many of them have the same hash: they are told apart by their names.
extension ClosedMemory {
    fileprivate mutating func note(_ id: MessageID, of name: String, at offset: Int64) {
        let bytes = Array("tenant\(name)".utf8)
        unsafe note(id, of: Self.key(bytes.span.bytes), at: offset)
    }

    fileprivate func knows(_ name: String, at offset: Int64) -> Bool {
        let bytes = Array("tenant\(name)".utf8)
        return unsafe knows(Self.key(bytes.span.bytes), at: offset)
    }

    fileprivate mutating func knows(_ id: MessageID, of name: String, at offset: Int64) -> Bool {
        let bytes = Array("tenant\(name)".utf8)
        return unsafe knows(id, of: Self.key(bytes.span.bytes), at: offset)
    }

    /// The tenant is the first six bytes.
    @_lifetime(copy bytes)
    private static func key(_ bytes: RawSpan) -> MemoryKey {
        let name = bytes.extracting(6..<bytes.byteCount)
        var hash: UInt64 = 0
        for index in 0..<name.byteCount { hash = (hash &* 31 &+ UInt64(name.byte(index))) % 1000 }
        return MemoryKey(hash: hash, bytes.extracting(0..<6), name)
    }
}
