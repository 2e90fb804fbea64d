internal import Reinforce

/// All that is kept for people who watch: two curves, sums, the latest groups. Bounded; pure: the time is passed in.
public struct WatchBook: Sendable {
    /// An hour in points of 10 s.
    public private(set) var hour = WatchSeries(step: 10_000, capacity: 360)
    /// A day in points of 5 min.
    public private(set) var day = WatchSeries(step: 300_000, capacity: 288)
    /// What groups came to.
    public private(set) var sums = GroupSums()
    /// The latest groups.
    public private(set) var shelf: GroupShelf

    /// - Parameter shelf: how many groups are kept whole.
    public init(shelf: GroupShelf = GroupShelf()) { self.shelf = shelf }

    /// Groups are committed at `now` (milliseconds since 1970); the commit took `milliseconds`.
    public mutating func add(_ groups: [WatchedGroup], at now: Int64, commit milliseconds: Int64) {
        hour.commit(milliseconds)
        day.commit(milliseconds)
        for group in groups {
            let (age, overflow) = now.subtractingReportingOverflow(group.facts.decidedAt / 1000)
            let latency = overflow ? 0 : max(0, age)
            sums.add(group, latency: latency)
            hour.add(group.facts, latency: group.batch == nil ? 0 : latency)
            day.add(group.facts, latency: group.batch == nil ? 0 : latency)
            shelf.add(group)
        }
    }

    /// What was counted by now.
    public mutating func note(_ totals: WatchTotals, at now: Int64) {
        hour.note(totals, at: now)
        day.note(totals, at: now)
    }
}
