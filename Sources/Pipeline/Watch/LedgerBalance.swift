internal import Reinforce

/// Checks while the work goes on that every thread of a decided group gets exactly one line of the ledger.
struct LedgerBalance: Sendable {
    private var entered = 0
    private var left = 0
    private var waiting = 0

    /// A group was decided: its threads wait for their lines.
    mutating func enter(_ group: DecidedGroup) {
        entered &+= group.members.count &+ group.late.count
        waiting &+= group.members.count &+ group.late.count
    }

    /// A thread without a group was decided.
    mutating func enterAlone() { entered &+= 1 }

    /// A line was written.
    mutating func count() { left &+= 1 }

    /// A group is through: nobody of it waits any more.
    mutating func exit(_ group: DecidedGroup) { waiting &-= group.members.count &+ group.late.count }

    /// Threads without a line; below 0: lines too many. Always 0.
    var imbalance: Int { entered &- left &- waiting }
}
