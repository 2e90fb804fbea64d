/// The message ids of one thread by 64-bit hash: an array to look through, a set once that is slow.
struct KnownIDs {
    private var few: [UInt64] = []
    private var many: Set<UInt64>?

    /// Adds `hash`; false when it was there.
    mutating func insert(_ hash: UInt64) -> Bool {
        if many != nil { return many?.insert(hash).inserted ?? false }
        if few.contains(hash) { return false }
        few.append(hash)
        if few.count > 64 {
            many = Set(few)
            few = []
        }
        return true
    }

    /// Adds ids known to be distinct, without looking through those before each time.
    init(_ hashes: [UInt64]) {
        if hashes.count > 64 { many = Set(hashes) } else { few = hashes }
    }
}
