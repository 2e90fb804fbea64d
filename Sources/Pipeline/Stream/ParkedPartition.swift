/// A partition that went away with all it had committed. Whoever reads it meanwhile commits with a token of its own: only
/// where the broker still has ours may we go on from here.
struct ParkedPartition {
    let partition: any StreamPartition
    let token: CommitToken
    /// Put aside at, milliseconds of the monotonic clock.
    let since: Int64
    /// After that it is hardly worth its memory.
    static let patience: Int64 = 300_000
}
