import DashStream

/// Decides, from the times of claims and decisions alone, when a group closed and who was in it: the same whatever the
/// order of arrival.
struct GroupTimeline {
    enum CloseReason: String, Sendable {
        /// Every slot was decided.
        case complete
        /// Its time was up.
        case deadline
        /// The input ended.
        case flush
    }

    /// Why the group closed.
    private(set) var reason = CloseReason.flush
    /// Record time of the close, milliseconds.
    private(set) var closedAt = Int64.max
    /// Indexes of the claimants that were in time.
    private(set) var members: [Int] = []
    /// Indexes of the others.
    private(set) var late: [Int] = []

    /// Nothing that comes later can change it.
    private(set) var isClosed = false
    /// While it is open: the next time that may close it without another record; nil: there is none (live).
    private(set) var wakesAt: Int64?

    /// Of a group that has closed.
    init(reason: CloseReason, closedAt: Int64, members: Int, late: Int) {
        self.reason = reason
        self.closedAt = closedAt
        self.members = Array(0..<members)
        self.late = Array(members..<members + late)
        isClosed = true
    }

    private struct Step {
        let time: Int64
        let isDecision: Bool
        let index: Int
    }

    /// - Parameters:
    ///   - rollouts: everyone who claimed a slot of the group, decided by now.
    ///   - pending: those who claimed one and are still running (live).
    ///   - now: record time that has been reached (live); nil: the input has ended.
    init(
        _ rollouts: [Rollout],
        pending: [PendingClaim] = [],
        now: Int64? = nil,
        _ configuration: GroupConfiguration
    ) {
        let claims = rollouts.map(\.claimTime) + pending.map(\.time)
        guard let firstClaim = claims.min(),
            let size = rollouts.min(by: Self.claimOrder)?.pairing.groupSize ?? pending.first?.groupSize
        else { return }
        let deadline = firstClaim.saturatingPlus(configuration.deadline)
        let tooSlow = rollouts.map { $0.decisionTime.saturatingMinus($0.claimTime) > configuration.deadline }
        var steps: [Step] = []
        for (index, rollout) in rollouts.enumerated() {
            steps.append(Step(time: rollout.claimTime, isDecision: false, index: index))
            // one that took too long is waited for until its own time is up
            let decided =
                tooSlow[index] ? rollout.claimTime.saturatingPlus(configuration.deadline) : rollout.decisionTime
            steps.append(Step(time: max(decided, rollout.claimTime), isDecision: true, index: index))
        }
        // whoever still runs has claimed, and has not decided before its own time is up
        for (offset, claim) in pending.enumerated() {
            steps.append(Step(time: claim.time, isDecision: false, index: rollouts.count + offset))
            let end = claim.time.saturatingPlus(configuration.deadline)
            guard let now, now > end else { continue }
            steps.append(Step(time: end, isDecision: true, index: rollouts.count + offset))
        }
        let slot = { (index: Int) in
            index < rollouts.count ? rollouts[index].pairing.rolloutIndex : pending[index - rollouts.count].slot
        }
        steps.sort { ($0.time, $0.isDecision ? 1 : 0, $0.index) < ($1.time, $1.isDecision ? 1 : 0, $1.index) }
        var slots: Set<Int> = []
        var undecided = 0
        var complete: Int64?
        // from then on settle alone decides how long it waits, even beyond the deadline
        var wasComplete = false
        var at = 0
        while at < steps.count {
            let time = steps[at].time
            if let complete, time > complete.saturatingPlus(configuration.settle) { break }
            if !wasComplete, time > deadline {
                reason = .deadline
                closedAt = deadline
                break
            }
            while at < steps.count, steps[at].time == time {
                let step = steps[at]
                if step.isDecision {
                    undecided -= 1
                } else {
                    slots.insert(slot(step.index))
                    undecided += 1
                }
                at += 1
            }
            complete = undecided == 0 && slots.count >= size ? time : nil
            if complete != nil { wasComplete = true }
        }
        if let complete {
            reason = .complete
            closedAt = complete.saturatingPlus(configuration.settle)
            isClosed =
                now.map { configuration.settle == 0 || $0 > complete.saturatingPlus(configuration.settle) } ?? true
        } else if let now, !wasComplete, now > deadline {
            reason = .deadline
            closedAt = deadline
            isClosed = true
        } else {
            // live, a later claim is no proof that nobody is to come from a partition that is behind
            isClosed = now == nil
        }
        if !isClosed, let now {
            var times = pending.map { $0.time.saturatingPlus(configuration.deadline) } + [deadline]
            if let complete { times.append(complete.saturatingPlus(configuration.settle)) }
            wakesAt = times.lazy.filter { $0 >= now }.min().map { $0.saturatingPlus(1) }
        }
        for (index, rollout) in rollouts.enumerated() {
            let inTime = rollout.claimTime <= closedAt && (complete != nil || rollout.decisionTime <= closedAt)
            if inTime, !tooSlow[index] { members.append(index) } else { late.append(index) }
        }
    }

    /// The first claim tells the size; between claims of one instant the lower slot and id.
    private static func claimOrder(_ a: Rollout, _ b: Rollout) -> Bool {
        a.claimTime != b.claimTime
            ? a.claimTime < b.claimTime
            : (a.pairing.rolloutIndex, a.key.thread) < (b.pairing.rolloutIndex, b.key.thread)
    }
}

/// A thread that has claimed a slot of a group and is still running.
public struct PendingClaim: Sendable, Hashable {
    /// Record time of its GRAPH_START, milliseconds.
    public let time: Int64
    /// The slot.
    public let slot: Int
    /// Rollouts the group is meant to have.
    public let groupSize: Int
}
