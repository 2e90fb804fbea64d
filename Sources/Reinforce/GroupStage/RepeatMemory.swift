/// Where rollouts came last. What is committed after it was written may be written again: the first one stands.
struct RepeatMemory {
    private var seen: [ThreadKey: Int64] = [:]
    private var purgesAt = 4096

    /// Notes that a thread's rollout came here.
    ///
    /// - Parameter start: what came below is forgotten.
    /// - Returns: whether it had come before.
    mutating func note(_ key: ThreadKey, at offset: Int64, remembering start: Int64) -> Bool {
        if let last = seen[key], last >= start {
            seen[key] = offset
            return true
        }
        seen[key] = offset
        guard seen.count >= purgesAt else { return false }
        seen = seen.filter { $0.value >= start }
        purgesAt = max(4096, 2 * seen.count)
        return false
    }
}
