import Reinforce

/// Writes down each thread's fate once.
struct FateBook {
    private(set) var fates: [Fate: Int] = [:]
    private(set) var reasons: [ExclusionReason: Int] = [:]
    private(set) var entries: [LedgerEntry] = []
    private let keepsEntries: Bool
    private let observer: (any ReplayObserver)?

    init(_ excluded: [LedgerEntry], keepsEntries: Bool, observer: (any ReplayObserver)? = nil) {
        self.keepsEntries = keepsEntries
        self.observer = observer
        for entry in excluded { add(entry) }
    }

    /// Makes room for as many entries, where they are kept.
    mutating func reserve(_ count: Int) { if keepsEntries { entries.reserveCapacity(count) } }

    /// Notes what became of everyone in a group; `reason` takes all that still counted out.
    mutating func close(_ group: DecidedGroup, _ reason: ExclusionReason?) {
        observer?.ended(group, reason)
        for member in group.members {
            let entry = LedgerEntry(member)
            add(reason.map { entry.excluded($0) } ?? entry)
        }
        for rollout in group.late { add(LedgerEntry(late: rollout)) }
    }

    /// Notes the fate of a thread that came to no group.
    mutating func add(_ entry: LedgerEntry) {
        fates[entry.fate, default: 0] += 1
        if let reason = entry.reason { reasons[reason, default: 0] += 1 }
        observer?.ended(entry)
        if keepsEntries { entries.append(entry) }
    }

    /// Hands over the entries so far.
    mutating func takeEntries() -> [LedgerEntry] {
        defer { entries.removeAll(keepingCapacity: true) }
        return entries
    }
}
