import DashStream
import JSON

extension ThreadState {
    /// Texts above this, and changes of one diff beyond a few, are better taken apart once.
    private static var spliceLimit: (bytes: UInt32, count: Int) { (16 << 10, 8) }

    /// Changes something inside a field without taking it apart; false where it must be.
    mutating func splice(_ operation: borrowing DiffOperationView, _ index: Int, _ rest: RawSpan)
        throws(DiffFailure) -> Bool
    {
        let limit = Self.spliceLimit
        guard operation.op >= 0, operation.op <= 2, operation.encoding == 0, trees.isEmpty, splices < limit.count,
            fields[index].value.count <= limit.bytes
        else { return false }
        let old = fields[index].value
        try work.spend(Int(old.count))
        guard let splice = try Splice.find(arena.span(old), rest, operation.op) else { return false }
        splices += 1
        scratch.removeAll(keepingCapacity: true)
        scratch.append(arena, ByteRange(Int(old.start), Int(old.start) + splice.cut.lowerBound))
        if splice.commaBefore { scratch.append(UInt8(ascii: ",")) }
        if let key = splice.key {
            scratch.append(UInt8(ascii: "\""))
            scratch.append(rest.extracting(key))
            scratch.append("\":")
        }
        if operation.op != 1, try Self.appendValue(operation.value, to: &scratch) {
            fields[index].hasPositiveExponent = true
        }
        if splice.commaAfter { scratch.append(UInt8(ascii: ",")) }
        scratch.append(arena, ByteRange(Int(old.start) + splice.cut.upperBound, old.end))
        let start = arena.count
        arena.append(contentsOf: scratch)
        fields[index].value = ByteRange(start, arena.count)
        return true
    }
}
