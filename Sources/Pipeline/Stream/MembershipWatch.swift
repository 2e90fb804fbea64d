/// Notices that the group does not take our commits any more. librdkafka tells us when partitions are taken away, but
/// before 2.6 it may fail to, and wait for ever; whoever joins anew goes on from what is committed. Pure.
struct MembershipWatch {
    /// Milliseconds of refusals after which there is nothing to wait for.
    let patience: Int64
    private var since: Int64?
    /// It has gone on for too long.
    private(set) var isLost = false

    /// - Parameter sessionTimeout: the group's, milliseconds: by then a rebalance is over.
    init(sessionTimeout: Int) { patience = 2 * Int64(sessionTimeout) + 5000 }

    /// From the beginning.
    mutating func reset() {
        since = nil
        isLost = false
    }

    mutating func accepted() { since = nil }

    mutating func refused(at now: Int64) {
        let start = since ?? now
        since = start
        if now - start > patience { isLost = true }
    }
}
