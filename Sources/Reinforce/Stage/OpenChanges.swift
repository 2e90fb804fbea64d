/// How the list of what is open has changed since some moment: what a checkpoint says beside an earlier, whole one.
package struct OpenChanges: Sendable {
    /// Entries of the earlier list that are gone, or say something else by now.
    package private(set) var closed: Set<RestorePlan.First> = []
    /// Entries that are new, or as they are by now.
    package private(set) var opened: [RestorePlan.First: OpenEntry] = [:]

    /// Nothing has changed.
    package init() {}

    package var count: Int { closed.count + opened.count }

    mutating func open(_ entry: OpenEntry) { opened[entry.first] = entry }

    mutating func close(_ first: RestorePlan.First) {
        if opened.removeValue(forKey: first) == nil { closed.insert(first) }
    }

    /// Notes that an entry says something else.
    mutating func change(_ entry: OpenEntry) {
        close(entry.first)
        open(entry)
    }

    /// Adds what has changed after these.
    package mutating func add(_ later: OpenChanges) {
        for first in later.closed { close(first) }
        for entry in later.opened.values { open(entry) }
    }
}
