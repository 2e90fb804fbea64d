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
    func occurrencesKeepWhatIsRecent(_ seed: Int) {
        var random = SeededNumbers(seed: seed)
        let sha = SHA256()
        var keys = KeyOccurrences()
        var ids = IDOccurrences()
        var lastOfKey: [String: Int64] = [:]
        var lastOfID: [String: Int64] = [:]
        let memory: Int64 = 300
        for offset in 0..<Int64(6000) {
            let long = random.chance(10) ? String(repeating: "n", count: 70) : ""
            let name = long + "thread-\(random.chance(50) ? random.below(40) : random.below(100_000))"
            // long ids and names are compared by their hash
            let id = (random.chance(20) ? "an id of more than sixteen bytes " : "") + "\(random.below(20))"
            let oldest = offset - memory
            let serial = keys.note(name, at: offset, oldest: oldest)
            let message = unsafe MessageID(Array(id.utf8).span.bytes, sha)
            ids.note(message, of: serial, at: offset, oldest: oldest)
            lastOfKey[name] = offset
            lastOfID["\(name)/\(id)"] = offset
            #expect(keys.find(name)?.last == offset)
            #expect(ids.last(message, of: serial) == offset)
            guard offset % 500 == 0 else { continue }
            // what is recent is known exactly; what is older may be gone
            for (name, last) in lastOfKey {
                let found = keys.find(name)?.last
                #expect(last >= oldest ? found == last : found == nil || found == last)
            }
            for (name, last) in lastOfID where last >= oldest {
                let parts = name.split(separator: "/")
                let serial = keys.find(String(parts[0]))?.serial
                let message = unsafe MessageID(Array(parts[1].utf8).span.bytes, sha)
                #expect(serial.flatMap { ids.last(message, of: $0) } == last)
            }
        }
        // and what is too old does go: neither grows with the log
        #expect(keys.bytes < 400_000 && ids.bytes < 400_000)
    }
}

/// Keys by the names of their threads. All of them have the same hash now and then: they are told apart by their names.
extension KeyOccurrences {
    fileprivate mutating func note(_ name: String, at offset: Int64, oldest: Int64) -> UInt64 {
        let bytes = Array("tenant\(name)".utf8)
        return unsafe note(Self.key(bytes.span.bytes), at: offset, oldest: oldest)
    }

    fileprivate func find(_ name: String) -> (serial: UInt64, last: Int64)? {
        let bytes = Array("tenant\(name)".utf8)
        return unsafe find(Self.key(bytes.span.bytes))
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
