import JSON

/// The order of things by their threads' keys: the keys' bytes lie side by side and numbers are sorted, so that nothing
/// large moves.
public struct KeyOrder {
    private struct Place {
        let start: Int
        let tenantEnd: Int
        let end: Int
    }

    private var bytes: [UInt8] = []
    private var places: [Place] = []
    /// Numbers of the things, in the order of their keys; of equal keys the lower number first.
    public private(set) var indexes: [Int]

    /// - Parameters:
    ///   - count: how many things there are.
    ///   - key: the key of each, by its number.
    public init(_ count: Int, key: (Int) -> ThreadKey) {
        indexes = []
        places.reserveCapacity(count)
        for index in 0..<count {
            let key = key(index)
            let start = bytes.count
            bytes.append(contentsOf: key.tenant.utf8)
            let tenantEnd = bytes.count
            bytes.append(contentsOf: key.thread.utf8)
            places.append(Place(start: start, tenantEnd: tenantEnd, end: bytes.count))
        }
        indexes = (0..<count).sorted { a, b in
            let order = compare(a, b)
            return order == 0 ? a < b : order < 0
        }
    }

    /// The numbers of things with equal keys together, in the order of the keys.
    public var groups: [ArraySlice<Int>] {
        var groups: [ArraySlice<Int>] = []
        groups.reserveCapacity(indexes.count)
        var start = 0
        while start < indexes.count {
            var end = start + 1
            while end < indexes.count, compare(indexes[start], indexes[end]) == 0 { end += 1 }
            groups.append(indexes[start..<end])
            start = end
        }
        return groups
    }

    /// Calls `body` with every pair of a thing of this order and one of another with an equal key.
    public func forEachMatch(in other: KeyOrder, _ body: (_ own: Int, _ theirs: Int) -> Void) {
        var start = other.indexes.startIndex
        for own in indexes {
            while start < other.indexes.endIndex, compare(own, other, other.indexes[start]) > 0 { start += 1 }
            var at = start
            while at < other.indexes.endIndex, compare(own, other, other.indexes[at]) == 0 {
                body(own, other.indexes[at])
                at += 1
            }
        }
    }

    private func compare(_ a: Int, _ b: Int) -> Int { compare(a, self, b) }

    private func compare(_ a: Int, _ other: KeyOrder, _ b: Int) -> Int {
        let (x, y) = (places[a], other.places[b])
        let (own, theirs) = unsafe (bytes.span.bytes, other.bytes.span.bytes)
        let order = compareBytes(own.extracting(x.start..<x.tenantEnd), theirs.extracting(y.start..<y.tenantEnd))
        if order != 0 { return order }
        return compareBytes(own.extracting(x.tenantEnd..<x.end), theirs.extracting(y.tenantEnd..<y.end))
    }
}
