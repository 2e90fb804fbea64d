/// A task whose partition went away with all it had committed. Whoever reads it meanwhile commits with a token of its own:
/// only where the broker still has ours may we go on from here.
struct SuspendedTask {
    let task: any StreamTask
    let token: CommitToken
    /// Suspended at, milliseconds of the monotonic clock.
    let since: Int64
    /// After that it is hardly worth its memory.
    static let patience: Int64 = 300_000
}
