internal import Kafka
internal import Reinforce

/// What is worth a notice, counted by reason, with the first of each.
public struct NoticeTally: Sendable {
    /// How often, and one of them.
    public struct Entry: Sendable {
        /// How often.
        public fileprivate(set) var count: Int
        /// The first.
        public fileprivate(set) var sample: NoticeSample?
    }

    /// By reason.
    public private(set) var entries: [NoticeReason: Entry] = [:]

    /// Nothing.
    public init() {}

    /// Whether there is nothing.
    public var isEmpty: Bool { entries.isEmpty }

    /// How often a reason was noted.
    public func count(_ reason: NoticeReason) -> Int { entries[reason]?.count ?? 0 }

    /// Counts; the sample is made for the first one only.
    mutating func note(_ reason: NoticeReason, count: Int = 1, _ sample: () -> NoticeSample?) {
        guard count > 0 else { return }
        guard let known = entries[reason] else {
            entries[reason] = Entry(count: count, sample: sample())
            return
        }
        entries[reason] = Entry(count: known.count &+ count, sample: known.sample)
    }

    /// Counts the fate of a thread, where it is excluded.
    mutating func note(_ entry: LedgerEntry, topics: [String]) {
        guard let reason = entry.reason else { return }
        note(.excluded(reason)) { NoticeSample(entry, topics: topics) }
    }

    /// Counts messages that came behind the end of their thread.
    mutating func note(lateIn thread: FinishedThread, topics: [String]) {
        guard thread.late > 0 else { return }
        note(.late, count: thread.late) { NoticeSample(thread.key, topics, thread.source) }
    }

    /// Counts what assembly found odd.
    mutating func note(_ oddities: Oddities, topic: String) { note(oddities) { _ in topic } }

    /// The same, of several topics.
    mutating func note(_ oddities: Oddities, topics: [String]) {
        note(oddities) { topics.indices.contains(Int($0.topic)) ? topics[Int($0.topic)] : "" }
    }

    private mutating func note(_ oddities: Oddities, _ topic: (RecordPosition) -> String) {
        for (kind, reason) in [
            (Oddities.Kind.duplicateThread, NoticeReason.duplicateThread), (.late, .late), (.foreignKey, .foreignKey),
        ] {
            note(reason, count: oddities.count(kind)) {
                oddities.sample(kind).map { NoticeSample($0, topic: topic($0.position)) }
            }
        }
    }

    /// What goes beyond an earlier count of the same, which is used up by it.
    func beyond(_ earlier: inout NoticeTally) -> NoticeTally {
        var rest = NoticeTally()
        for (reason, entry) in entries {
            let known = min(entry.count, earlier.count(reason))
            if known > 0 { earlier.entries[reason]?.count -= known }
            rest.note(reason, count: entry.count - known) { entry.sample }
        }
        return rest
    }

    /// Adds what was counted elsewhere, later.
    public mutating func add(_ other: NoticeTally) {
        for (reason, entry) in other.entries { note(reason, count: entry.count) { entry.sample } }
    }
}
