/// What a group looks like that has committed nothing.
enum FirstStart {
    /// Whether it has worked before all the same, so that what it had committed is gone. Several processes may start at once:
    /// one of them may have made the first commit of all between two questions, and at least once the output comes first.
    static func areOffsetsGone(
        hasCommitted: () throws -> Bool,
        holdsOutput: () throws -> Bool,
        pause: () -> Void
    ) rethrows -> Bool {
        guard try !hasCommitted(), try holdsOutput() else { return false }
        for _ in 0..<6 {
            if try hasCommitted() { return false }
            pause()
        }
        return true
    }
}
