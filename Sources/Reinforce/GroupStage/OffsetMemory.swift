/// Where keys came last. What lies below the memory's start is forgotten now and then, and counts for nothing before.
struct OffsetMemory<Key: Hashable> {
    private var seen: [Key: Int64] = [:]
    private var purgesAt = 4096

    /// Where the key came last; nil: never, or it is forgotten.
    subscript(key: Key) -> Int64? { seen[key] }

    /// It is time to forget what is needed no more.
    var isFull: Bool { seen.count >= purgesAt }

    /// Forgets what came below `start`.
    mutating func forget(below start: Int64) {
        seen = seen.filter { $0.value >= start }
        purgesAt = max(4096, 2 * seen.count)
    }

    /// Notes that a key comes here; returns where it came before.
    mutating func note(_ key: Key, at offset: Int64) -> Int64? { seen.updateValue(offset, forKey: key) }
}
