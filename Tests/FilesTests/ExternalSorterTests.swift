import Testing

@testable import Files

/// Sorting beyond memory gives what sorting in memory gives.
@Suite struct ExternalSorterTests {
    /// A sequence that is the same every time.
    private struct Numbers {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
    }

    /// One run in memory, some runs, more runs than are merged at a time.
    @Test(arguments: [(1 << 20, 300), (4096, 2000), (1024, 20_000)])
    func whatComesOutIsSorted(_ limit: Int, _ count: Int) throws {
        let sorter = ExternalSorter(limit: limit)
        var numbers = Numbers(state: 7)
        var expected: [[UInt8]] = []
        for index in 0..<count {
            let length = Int(numbers.next() % 20)
            let key = (0..<length).map { _ in UInt8(numbers.next() % 4) } + [UInt8(index & 255), UInt8(index >> 8)]
            let value = [UInt8](repeating: UInt8(index % 251), count: Int(numbers.next() % 40))
            try sorter.add(key: key, value: value)
            expected.append(key + [0xEE] + value)
        }
        var found: [[UInt8]] = []
        var last: [UInt8] = []
        try sorter.forEach { key, value in
            #expect(!key.lexicographicallyPrecedes(last))
            last = Array(key)
            found.append(key + [0xEE] + value)
        }
        #expect(found.count == count)
        #expect(Set(found) == Set(expected))
    }

    @Test func aPieceLargerThanMemoryPasses() throws {
        let sorter = ExternalSorter(limit: 1024)
        let large = [UInt8](repeating: 9, count: 300_000)
        for key: UInt8 in [3, 1, 2] { try sorter.add(key: [key], value: large) }
        var keys: [UInt8] = []
        try sorter.forEach { key, value in
            keys += key
            #expect(value.count == large.count)
        }
        #expect(keys == [1, 2, 3])
    }

    /// A text that begins another, or holds zero bytes, never reaches into the field behind it.
    @Test func keysAreOrderedFieldByField() {
        let texts: [[UInt8]] = [[], [0], [0, 0], [0, 1], [0, 255], [1], [1, 0], [1, 255], [255]]
        let numbers: [Int64] = [.min, -1, 0, 1, .max]
        var keys: [[UInt8]] = []
        for text in texts {
            for number in numbers {
                var key = SortKey()
                key.append(text)
                key.append(signed: number)
                keys.append(key.bytes)
            }
        }
        #expect(keys == keys.sorted { $0.lexicographicallyPrecedes($1) })
        #expect(Set(keys).count == keys.count)
    }

    @Test(arguments: [16, 1 << 20])
    func aSpillFileGivesBackWhatWentIn(_ limit: Int) throws {
        let file = SpillFile(limit: limit)
        let pieces = (0..<500).map { [UInt8](repeating: UInt8($0 % 256), count: $0 * 7 % 97) }
        for piece in pieces { try file.append(piece) }
        for _ in 0..<2 {
            try file.rewind()
            var found: [[UInt8]] = []
            while let piece = try file.next() { found.append(piece) }
            #expect(found == pieces)
        }
    }
}
