internal import Reinforce

/// The entries: their least offsets as distances, the first below the position and each further one above the one before;
/// then, for the few that need it, what else there is to say.
extension Checkpoint {
    private struct Details: OptionSet {
        let rawValue: UInt8
        static let index = Details(rawValue: 1)
        static let end = Details(rawValue: 2)
        static let standIn = Details(rawValue: 4)
        static let spill = Details(rawValue: 8)
        static let all = Details(rawValue: 15)

        init(rawValue: UInt8) { self.rawValue = rawValue }

        init(_ entry: OpenEntry) {
            self = []
            if entry.first.index != 0 { insert(.index) }
            if entry.end != nil { insert(.end) }
            if entry.standIn != nil { insert(.standIn) }
            if entry.cut != nil { insert(.spill) }
        }
    }

    func write(_ entries: [OpenEntry], to writer: inout CheckpointWriter) {
        writer.varint(entries.count)
        var last = position
        for (number, entry) in entries.enumerated() {
            writer.varint(number == 0 ? position - entry.low : entry.low - last)
            last = entry.low
        }
        let detailed = entries.indices.filter { !Details(entries[$0]).isEmpty }
        writer.varint(detailed.count)
        var next = 0
        for number in detailed {
            writer.varint(number - next)
            next = number + 1
            write(details: entries[number], to: &writer)
        }
    }

    private func write(details entry: OpenEntry, to writer: inout CheckpointWriter) {
        writer.byte(Details(entry).rawValue)
        if entry.first.index != 0 { writer.varint(entry.first.index) }
        if let cut = entry.cut {
            writer.varint(cut - entry.first.offset)
            writer.varint(entry.parts.count)
            for part in entry.parts {
                writer.varint(part.partition)
                writer.varint(part.offset + 1)
                writer.fixed(part.sum)
            }
        }
        if let end = entry.end {
            writer.varint(end.offset - entry.first.offset)
            writer.varint(end.index)
        }
        if let time = entry.standIn { writer.zigzag(time) }
    }

    static func readEntries(_ reader: inout CheckpointReader, _ position: Int64) -> [OpenEntry]? {
        guard let count = reader.count() else { return nil }
        var entries: [OpenEntry] = []
        entries.reserveCapacity(count)
        var last = position
        for number in 0..<count {
            guard let low = number == 0 ? reader.offset(below: last) : reader.offset(above: last), low <= position
            else { return nil }
            last = low
            entries.append(OpenEntry(first: RestorePlan.First(offset: low, index: 0)))
        }
        guard let detailed = reader.count() else { return nil }
        var number = 0
        for _ in 0..<detailed {
            guard let gap = reader.number(Int.self), gap < entries.count - number else { return nil }
            number += gap
            guard readDetails(&reader, &entries[number]) else { return nil }
            number += 1
        }
        return entries
    }

    private static func readDetails(_ reader: inout CheckpointReader, _ entry: inout OpenEntry) -> Bool {
        guard let byte = reader.byte(), byte != 0 else { return false }
        let details = Details(rawValue: byte)
        guard details.isSubset(of: .all) else { return false }
        var offset = entry.first.offset
        var index = 0
        if details.contains(.index) {
            guard let value = reader.number(Int32.self), value > 0 else { return false }
            index = Int(value)
        }
        if details.contains(.spill) {
            entry.cut = offset
            guard let first = reader.offset(below: offset), let count = reader.count() else { return false }
            offset = first
            for _ in 0..<count {
                guard let partition = reader.number(Int32.self), let next = reader.number(Int64.self),
                    let sum = reader.fixed(UInt32.self)
                else { return false }
                entry.parts.append(PartReference(partition: partition, offset: next - 1, sum: sum))
            }
        }
        entry.first = RestorePlan.First(offset: offset, index: index)
        if details.contains(.end) {
            guard let end = reader.offset(above: offset), let at = reader.number(Int32.self) else { return false }
            entry.end = RestorePlan.First(offset: end, index: Int(at))
        }
        if details.contains(.standIn) {
            guard let time = reader.zigzag() else { return false }
            entry.standIn = time
        }
        return true
    }
}
