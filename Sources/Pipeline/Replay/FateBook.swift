package import Reinforce

/// Writes down each thread's fate once.
package struct FateBook {
    package private(set) var fates: [Fate: Int] = [:]
    package private(set) var reasons: [ExclusionReason: Int] = [:]
    private(set) var entries: [LedgerEntry] = []
    /// Rollouts whose reward counts, and the sum of their rewards.
    private(set) var rewards = 0
    private(set) var rewardSum = 0.0
    private let keepsEntries: Bool
    private let observer: (any ReplayObserver)?
    /// What is worth a notice.
    private(set) var notices = NoticeTally()
    /// The events topics, by number.
    var topics: [String] = []

    package init(
        _ excluded: [LedgerEntry],
        keepsEntries: Bool,
        topics: [String] = [],
        observer: (any ReplayObserver)? = nil
    ) {
        self.keepsEntries = keepsEntries
        self.topics = topics
        self.observer = observer
        for entry in excluded { add(entry) }
    }

    /// Makes room for as many entries, where they are kept.
    mutating func reserve(_ count: Int) { if keepsEntries { entries.reserveCapacity(count) } }

    /// Notes what became of everyone in a group.
    package mutating func close(_ ended: EndedGroup) {
        observer?.ended(ended.group, ended.reason)
        ended.forEachEntry { add($0) }
    }

    /// Notes the fate of a thread that came to no group.
    mutating func add(_ entry: LedgerEntry) {
        fates[entry.fate, default: 0] += 1
        if let reason = entry.reason {
            reasons[reason, default: 0] += 1
            notices.note(entry, topics: topics)
        }
        if let reward = entry.reward {
            rewards += 1
            rewardSum += reward
        }
        observer?.ended(entry)
        if keepsEntries { entries.append(entry) }
    }

    /// Hands over the entries so far.
    mutating func takeEntries() -> [LedgerEntry] {
        defer { entries.removeAll(keepingCapacity: true) }
        return entries
    }
}
