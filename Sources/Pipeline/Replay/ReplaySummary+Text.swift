import DashStream
import Reinforce

extension ReplaySummary {
    /// The summary for a person: some lines.
    public var text: String {
        let rate = seconds > 0 ? Int(saturating: Double(stage.records) / seconds) : 0
        let tenths = Int(saturating: (seconds * 10).rounded())
        var text = "\(stage.records) records in \(tenths / 10).\(tenths % 10) s (\(rate)/s), \(threads) threads, "
        text += "\(groups.values.reduce(0, +)) groups, \(batches) batches\n"
        let decided = groups.values.reduce(0, +)
        if let meanReward, decided > 0 {
            let share = Int((Double(informativeGroups) / Double(decided) * 100).rounded())
            text += "  reward \(twoDigits(meanReward)), signal in \(share) % of the groups\n"
        }
        text += "  threads: " + list(Fate.allCases.map { ($0.rawValue, fates[$0, default: 0]) }) + "\n"
        if !excluded.isEmpty {
            text +=
                "  excluded: "
                + list(excluded.map { ($0.key.rawValue, $0.value) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }) + "\n"
        }
        var letters = stage.poison.map { ($0.key.rawValue, $0.value) }
        letters.append((NoticeReason.brokenExample.name, brokenExamples))
        let dead = list(letters.sorted { $0.0 < $1.0 })
        if !dead.isEmpty { text += "  dead letters: " + dead + "\n" }
        if stage.calls.calls > 0 {
            text += "  model calls: \(stage.calls.calls), of which \(stage.calls.notTrainable) train nothing\n"
        }
        if !stage.calls.problems.isEmpty {
            text +=
                "  problems of calls: "
                + list(stage.calls.problems.map { ($0.key, $0.value) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }) + "\n"
        }
        if assembly.duplicates + late > 0 { text += "  messages: \(assembly.duplicates) duplicates, \(late) late\n" }
        if assembly.clampedTimestamps > 0 {
            text += "  \(assembly.clampedTimestamps) records have a time that cannot be believed (none, or later than "
            text += "--as-of): they stand at their thread's latest time\n"
        }
        if groupsTooLarge > 0 {
            text += "  \(groupsTooLarge) groups are larger than batches.max_bytes: no topic could take them\n"
        }
        return text
    }

    /// Why there is no batch, in one sentence.
    public var whyNoBatch: String {
        if stage.records == 0 { return "the input is empty" }
        if threads == 0 { return "none of them belongs to a thread" }
        if withheldGroups > 0 {
            return "\(withheldGroups) groups fell short of batches.min_groups or batches.min_rollouts"
        }
        guard let worst = excluded.max(by: { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }) else {
            return "no group was formed"
        }
        return
            "\(excluded.values.reduce(0, +)) of \(threads) threads are excluded, most often as \(worst.key.rawValue) (\(worst.value))"
    }

    private func list(_ counts: [(String, Int)]) -> String {
        counts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
    }
}
