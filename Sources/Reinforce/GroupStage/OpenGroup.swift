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
    /// Slots that anybody has ever claimed.
    private var slots: Set<Int> = []
    /// The least size that anybody has claimed for it, and the earliest claim.
    private var leastSize = Int.max
    private var earliestClaim = Int64.max
    /// Records that have changed it since it was looked at.
    private var changes = 0
    /// Bytes that the rollouts hold, roughly.
    private var rolloutBytes = 0
    /// Bytes that it holds, roughly.
    var bytes: Int { rolloutBytes + 256 * claims.count }
    /// The time at which it is looked at again whatever comes; the greatest: at none.
    var wakesAt = Int64.max

    init(first: Int64, openedAt: Int64, cut: Int64?) {
        self.first = first
        self.openedAt = openedAt
        self.cut = cut
    }

    /// Takes a record of the group; false for one that changes nothing.
    func receive(_ record: ScoredRecord) -> Bool {
        let isNew = take(record)
        if isNew { changes += 1 }
        return isNew
    }

    private func take(_ record: ScoredRecord) -> Bool {
        switch record {
        case .claim(let claim):
            guard !done.contains(claim.key.thread) else { return false }
            note(claim.slot, of: claim.groupSize, at: claim.time)
            return claims.updateValue(claim.pending, forKey: claim.key.thread) != claim.pending
        case .withdrawal(let withdrawal): return claims.removeValue(forKey: withdrawal.key.thread) != nil
        case .scored(let rollout):
            guard done.insert(rollout.key.thread).inserted else { return false }
            claims[rollout.key.thread] = nil
            note(rollout.pairing.rolloutIndex, of: rollout.pairing.groupSize, at: rollout.claimTime)
            rollouts.append(rollout)
            rolloutBytes += rollout.heldBytes
            return true
        case .time: return false
        }
    }

    /// When the deadline is counted from, where nobody is done.
    var firstClaim: Int64 { claims.values.lazy.map(\.time).min() ?? openedAt }

    private func note(_ slot: Int, of size: Int, at time: Int64) {
        slots.insert(slot)
        leastSize = min(leastSize, size)
        earliestClaim = min(earliestClaim, time)
    }

    /// When it must be looked at, where at `time` nothing can have closed it yet: it lacks slots, and its deadline is not
    /// reached. Groups may be meant to have very many rollouts, and looking at all of them is work.
    func opensUntil(_ time: Int64, deadline: Int64) -> Int64? {
        let end = earliestClaim &+ deadline
        return slots.count < leastSize && time <= end ? end &+ 1 : nil
    }

    /// Whether it is large and has hardly changed since it was looked at.
    var canWait: Bool { claims.count + rollouts.count > 4096 && changes * 16 < claims.count + rollouts.count }

    /// It is looked at now.
    func look() { changes = 0 }
}
