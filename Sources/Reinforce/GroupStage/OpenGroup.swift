import JSON

/// A group that is not decided yet.
final class OpenGroup {
    /// Offset of the record that opened it.
    let first: Int64
    /// The time of the claim that opened it, milliseconds.
    let openedAt: Int64
    /// Where its decision had covered the log before a restart: what stands from there on came late. Nil: undecided.
    var cut: Int64?
    /// Who has claimed a slot and is still running.
    private(set) var claims: [Text: PendingClaim] = [:]
    /// Who is done.
    private(set) var rollouts: [Rollout] = []
    private var done: Set<Text> = []
    /// Bytes of the rollouts' texts.
    private(set) var bytes = 0
    /// The time at which it is looked at again whatever comes; the greatest: at none.
    var wakesAt = Int64.max

    init(first: Int64, openedAt: Int64, cut: Int64?) {
        self.first = first
        self.openedAt = openedAt
        self.cut = cut
    }

    /// Takes a record of the group; false for one that changes nothing.
    func receive(_ record: ScoredRecord) -> Bool {
        switch record {
        case .claim(let claim):
            guard !done.contains(claim.key.thread) else { return false }
            return claims.updateValue(claim.pending, forKey: claim.key.thread) != claim.pending
        case .withdrawal(let withdrawal): return claims.removeValue(forKey: withdrawal.key.thread) != nil
        case .scored(let rollout):
            guard done.insert(rollout.key.thread).inserted else { return false }
            claims[rollout.key.thread] = nil
            rollouts.append(rollout)
            bytes += rollout.textBytes
            return true
        case .time: return false
        }
    }

    /// When the deadline is counted from, where nobody is done.
    var firstClaim: Int64 { claims.values.lazy.map(\.time).min() ?? openedAt }
}
