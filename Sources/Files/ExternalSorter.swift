/// Sorts more pieces than memory holds: runs of them are sorted in memory, written to a temporary file, and merged.
package final class ExternalSorter {
    /// Runs that are merged at a time.
    private static let fanIn = 512
    private let limit: Int
    private let file = RunFile()
    private var runs: [RunFile.Run] = []
    private var bytes: [UInt8] = []
    private var pieces: [Piece] = []
    /// Pieces added.
    package private(set) var count = 0

    /// A key and, behind it, a value within `bytes`.
    private struct Piece {
        let start: Int
        let keyCount: Int
        let count: Int
    }

    /// - Parameter limit: bytes that are held in memory.
    package init(limit: Int) { self.limit = max(1 << 10, limit) }

    /// Adds a piece; keys are ordered by their bytes, equal ones come out in any order.
    package func add(key: [UInt8], value: [UInt8]) throws(OutputError) {
        // never copied into twice the room
        if bytes.isEmpty { bytes.reserveCapacity(limit + key.count + value.count) }
        pieces.append(Piece(start: bytes.count, keyCount: key.count, count: key.count + value.count))
        bytes.append(contentsOf: key)
        bytes.append(contentsOf: value)
        count += 1
        if bytes.count + pieces.count * MemoryLayout<Piece>.stride >= limit { try writeRun() }
    }

    private func writeRun() throws(OutputError) {
        var writer = file.begin()
        sortPieces()
        for piece in pieces {
            let end = piece.start + piece.count
            try writer.append(bytes[piece.start..<end], keyCount: piece.keyCount)
        }
        runs.append(try writer.end())
        bytes.removeAll(keepingCapacity: true)
        pieces.removeAll(keepingCapacity: true)
    }

    private func sortPieces() {
        unsafe bytes.withUnsafeBytes { all in
            pieces.sort { a, b in
                let x = unsafe UnsafeRawBufferPointer(rebasing: all[a.start..<a.start + a.keyCount])
                let y = unsafe UnsafeRawBufferPointer(rebasing: all[b.start..<b.start + b.keyCount])
                return unsafe x.precedes(y)
            }
        }
    }

    /// Hands every piece over in the order of the keys. The sorter is empty afterwards.
    package func forEach(_ body: (_ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) throws -> Void) throws {
        guard !runs.isEmpty else {
            sortPieces()
            for piece in pieces {
                let middle = piece.start + piece.keyCount
                try body(bytes[piece.start..<middle], bytes[middle..<piece.start + piece.count])
            }
            clear()
            return
        }
        if !pieces.isEmpty { try writeRun() }
        bytes = []
        pieces = []
        while runs.count > Self.fanIn {
            let some = Array(runs.prefix(Self.fanIn / 2))
            runs.removeFirst(some.count)
            var writer = file.begin()
            try merge(some) { key, value throws in try writer.append(key + value, keyCount: key.count) }
            runs.append(try writer.end())
        }
        try merge(runs, body)
        clear()
    }

    private func clear() {
        bytes = []
        pieces = []
        runs = []
        file.removeAll()
    }

    private func merge(
        _ runs: [RunFile.Run],
        _ body: (ArraySlice<UInt8>, ArraySlice<UInt8>) throws -> Void
    ) throws {
        let share = max(16 << 10, limit / 2 / max(1, runs.count))
        var heads: [RunFile.Reader] = []
        for run in runs {
            let reader = RunFile.Reader(file, run, buffer: share)
            if try reader.advance() { heads.append(reader) }
        }
        var heap = RunHeap(heads)
        while let first = heap.first {
            try body(first.key, first.value)
            if try first.advance() { heap.siftDown() } else { heap.removeFirst() }
        }
    }
}

extension UnsafeRawBufferPointer {
    /// By bytes; of two of which one begins the other, the shorter first.
    @inline(__always)
    package func precedes(_ other: UnsafeRawBufferPointer) -> Bool {
        let shared = Swift.min(count, other.count)
        var at = 0
        while at &+ 8 <= shared {
            let u = unsafe loadUnaligned(fromByteOffset: at, as: UInt64.self).bigEndian
            let v = unsafe other.loadUnaligned(fromByteOffset: at, as: UInt64.self).bigEndian
            if u != v { return u < v }
            at &+= 8
        }
        while at < shared {
            if unsafe self[at] != other[at] { return unsafe self[at] < other[at] }
            at &+= 1
        }
        return count < other.count
    }
}

/// The runs of a merge, the one with the least key first.
struct RunHeap {
    private var readers: [RunFile.Reader]

    init(_ readers: [RunFile.Reader]) { self.readers = readers.sorted { $0.precedes($1) } }

    var first: RunFile.Reader? { readers.first }

    mutating func removeFirst() {
        guard let last = readers.popLast(), !readers.isEmpty else { return }
        readers[0] = last
        siftDown()
    }

    /// Puts the first one where it belongs, after its key has changed.
    mutating func siftDown() {
        var at = 0
        while true {
            var least = at
            for child in [2 * at + 1, 2 * at + 2] where child < readers.count {
                if readers[child].precedes(readers[least]) { least = child }
            }
            guard least != at else { return }
            readers.swapAt(at, least)
            at = least
        }
    }
}
