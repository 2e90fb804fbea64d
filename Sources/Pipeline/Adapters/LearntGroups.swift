internal import JSON
internal import Reinforce

/// The groups that an adapter has learnt from and that a restart might bring again, the oldest first.
struct LearntGroups {
    /// The last offset of a group's records in each of their partitions.
    typealias Ends = [Int32: Int64]

    private var ends: [UInt64: Ends] = [:]
    private var order: [UInt64] = []
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    var count: Int { ends.count }

    func contains(_ group: UInt64) -> Bool { ends[group] != nil }

    mutating func insert(_ group: UInt64, _ positions: Ends) {
        if ends.updateValue(positions, forKey: group) == nil { order.append(group) }
        if order.count > limit { ends[order.removeFirst()] = nil }
    }

    /// Forgets groups whose records all lie below where a restart would begin to read.
    mutating func forget(below starts: [Int32: Int64]) {
        order.removeAll { group in
            let positions = ends[group] ?? [:]
            let isOver = positions.allSatisfy { partition, last in starts[partition].map { last < $0 } ?? false }
            if isOver { ends[group] = nil }
            return isOver
        }
    }

    /// What the id of a group is remembered as (FNV-1a).
    static func hash(_ group: Text) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in group.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }
}

/// As text: `HASH:PARTITION.OFFSET,…;…`.
extension LearntGroups {
    var text: String {
        order.map { group in
            let places = (ends[group] ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key).\($0.value)" }
            return String(group, radix: 16) + ":" + places.joined(separator: ",")
        }.joined(separator: ";")
    }

    /// Reads what ``text`` gives; nil where it is something else.
    init?(text: String, limit: Int) {
        self.init(limit: limit)
        for part in text.split(separator: ";") {
            let sides = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, let group = UInt64(sides[0], radix: 16) else { return nil }
            var positions: Ends = [:]
            for place in sides[1].split(separator: ",") {
                let numbers = place.split(separator: ".")
                guard numbers.count == 2, let partition = Int32(numbers[0]), let offset = Int64(numbers[1]) else {
                    return nil
                }
                positions[partition] = offset
            }
            insert(group, positions)
        }
    }
}
