import JSON

/// The last threads that were scored, and by what; of older ones nothing is known.
struct RecentScores {
    private struct Entry {
        var answers: [Text: RewardAnswer] = [:]
        /// The rewards topic says so: whoever scored it may not have been through with it.
        var isFromTopic: Bool
    }

    private static let most = 20_000
    private var entries: [ThreadKey: Entry] = [:]
    private var order = Queue<ThreadKey>()

    /// A rollout was scored here.
    mutating func note(_ key: ThreadKey, _ answers: [Text: RewardAnswer], isFromTopic: Bool) {
        if entries.updateValue(Entry(answers: answers, isFromTopic: isFromTopic), forKey: key) == nil {
            order.append(key)
        }
        while entries.count > Self.most, let oldest = order.popFirst() { entries[oldest] = nil }
    }

    /// The topic says what a rollout was scored by; false: that is known.
    mutating func note(_ record: RewardRecord) -> Bool {
        guard var entry = entries[record.key] else {
            note(record.key, [record.component: record.decision ?? record.answer], isFromTopic: true)
            return true
        }
        guard entry.isFromTopic, entry.answers[record.component] == nil else { return false }
        entry.answers[record.component] = record.decision ?? record.answer
        entries[record.key] = entry
        return true
    }

    /// What a thread was scored by.
    func answer(_ key: ThreadKey, _ component: Text) -> RewardAnswer? { entries[key]?.answers[component] }

    /// What the topic says it was scored by, where it was not scored here.
    func told(_ key: ThreadKey, _ component: Text) -> RewardAnswer? {
        guard let entry = entries[key], entry.isFromTopic else { return nil }
        return entry.answers[component]
    }
}
