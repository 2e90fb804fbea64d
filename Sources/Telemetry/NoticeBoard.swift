/// Decides when something that happens again and again is told: the first of each reason at once, with an example; after
/// that at most once an interval, with how often it has happened. Pure: the time is passed in.
///
/// Its memory is bounded by the number of reasons, so reasons must be a closed set, and by one sample for each.
public struct NoticeBoard<Reason: Hashable & Comparable & Sendable, Sample: Sendable>: Sendable {
    /// What is to be told.
    public struct Notice: Sendable {
        /// Why.
        public let reason: Reason
        /// How often since it was last told.
        public let count: Int
        /// How often since the board began.
        public let total: Int
        /// One of them; told the first time only.
        public let sample: Sample?
        /// It has not been told before.
        public let isFirst: Bool
    }

    private struct Entry: Sendable {
        var total = 0
        var told = 0
        var toldAt: Int64?
        var sample: Sample?
    }

    private let interval: Int64
    private var entries: [Reason: Entry] = [:]

    /// - Parameter interval: milliseconds between two notices of one reason.
    public init(interval: Int64 = 60_000) { self.interval = interval }

    /// It has happened, so often.
    public mutating func note(_ reason: Reason, count: Int = 1, sample: Sample?) {
        guard count > 0 else { return }
        var entry = entries[reason] ?? Entry()
        entry.total &+= count
        if entry.toldAt == nil, entry.sample == nil { entry.sample = sample }
        entries[reason] = entry
    }

    /// What is to be told now, in the order of the reasons.
    ///
    /// - Parameter now: milliseconds that only ever grow.
    public mutating func due(at now: Int64) -> [Notice] {
        let interval = interval
        return take(at: now) { entry in entry.toldAt.map { now &- $0 >= interval } ?? true }
    }

    /// What has happened since it was last told, whenever that was: at the end of the work.
    public mutating func rest(at now: Int64) -> [Notice] { take(at: now) { _ in true } }

    private mutating func take(at now: Int64, _ isDue: (Entry) -> Bool) -> [Notice] {
        var notices: [Notice] = []
        for (reason, entry) in entries where entry.total > entry.told && isDue(entry) {
            notices.append(
                Notice(
                    reason: reason,
                    count: entry.total - entry.told,
                    total: entry.total,
                    sample: entry.sample,
                    isFirst: entry.toldAt == nil
                )
            )
            entries[reason] = Entry(total: entry.total, told: entry.total, toldAt: now, sample: nil)
        }
        return notices.sorted { $0.reason < $1.reason }
    }
}
