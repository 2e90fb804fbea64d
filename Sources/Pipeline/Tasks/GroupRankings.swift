internal import JSON
internal import Reinforce

/// Groups that have closed and wait for what somebody says of them as a whole. Each is given back once, with everything that
/// was said.
struct GroupRankings {
    private struct Entry {
        let group: DecidedGroup
        var lacking: Set<Text>
        var said: [GroupRewardRecord] = []
    }

    private var waiting: [GroupKey: Entry] = [:]
    private var unasked = Queue<GroupKey>()

    /// Nobody waits.
    var isEmpty: Bool { waiting.isEmpty }
    /// Somebody is to be asked about one of them.
    var hasQuestions: Bool { !unasked.isEmpty }

    /// A group has closed.
    mutating func begin(_ group: DecidedGroup, _ components: [Text]) {
        waiting[group.key] = Entry(group: group, lacking: Set(components))
        unasked.append(group.key)
    }

    /// The next group that somebody is to be asked about.
    mutating func next() -> DecidedGroup? {
        while let key = unasked.popFirst() { if let entry = waiting[key] { return entry.group } }
        return nil
    }

    /// Takes what somebody says.
    ///
    /// - Returns: the group with all that was said of it, once nothing lacks; nil before, and for a group that waits for nothing
    ///   of that kind.
    mutating func take(_ record: GroupRewardRecord) -> (group: DecidedGroup, said: [GroupRewardRecord])? {
        guard var entry = waiting[record.key], entry.lacking.remove(record.component) != nil else { return nil }
        entry.said.append(record)
        guard entry.lacking.isEmpty else {
            waiting[record.key] = entry
            return nil
        }
        waiting[record.key] = nil
        return (entry.group, entry.said)
    }
}
