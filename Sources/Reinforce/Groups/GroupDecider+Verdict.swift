import JSON

extension GroupDecider {
    /// What there is to say of a group at some time.
    enum Verdict {
        /// It is open; it may close at that time without another record.
        case open(until: Int64?)
        /// It is closed.
        case decided(DecidedGroup)
        /// It is closed, and its example is not in the table.
        case exampleMissing(closedAt: Int64)
    }

    /// Decides one group of which somebody is done, if it is closed by now (live).
    ///
    /// - Parameters:
    ///   - key: the group.
    ///   - rollouts: everyone who claimed a slot and is done, in any order; not empty.
    ///   - pending: everyone who claimed a slot and is still running.
    ///   - now: record time that has been reached, milliseconds.
    ///   - first: offset of the group's first record.
    func verdict(_ key: GroupKey, _ rollouts: [Rollout], _ pending: [PendingClaim], now: Int64, first: Int64) -> Verdict
    {
        let timeline = GroupTimeline(rollouts, pending: pending, now: now, configuration)
        guard timeline.isClosed else { return .open(until: timeline.wakesAt) }
        guard let group = decide(key, rollouts, timeline, first: first) else {
            return .exampleMissing(closedAt: timeline.closedAt)
        }
        return .decided(group)
    }
}
