/// The message ids of one thread: an array to look through, sets once that is slow. Nearly all ids have 16 bytes, and these
/// take no more.
struct KnownIDs {
    private var few: [UInt128] = []
    private var many: Set<UInt128>?
    private var others: Set<MessageID>?

    /// Adds an id; false when it was there.
    mutating func insert(_ id: MessageID) -> Bool {
        guard id.count == 16 else {
            if others == nil { others = [] }
            return others?.insert(id).inserted ?? false
        }
        let value = Self.value(id)
        if many != nil { return many?.insert(value).inserted ?? false }
        if few.contains(value) { return false }
        few.append(value)
        if few.count > 64 {
            many = Set(few)
            few = []
        }
        return true
    }

    /// Takes ids known to be distinct, without looking through those before each time.
    init(_ ids: [MessageID]) {
        few.reserveCapacity(ids.count)
        var rest: [MessageID] = []
        for id in ids { if id.count == 16 { few.append(Self.value(id)) } else { rest.append(id) } }
        if !rest.isEmpty { others = Set(rest) }
        if few.count > 64 {
            many = Set(few)
            few = []
        }
    }

    private static func value(_ id: MessageID) -> UInt128 { UInt128(id.high) << 64 | UInt128(id.low) }
}
