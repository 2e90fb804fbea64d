internal import Reinforce

/// How a stream processor stands at one moment: what it has counted, and what is open.
struct StreamReport: Sendable {
    /// When, milliseconds of a clock that only ever grows.
    var at: Int64 = 0
    /// What was counted since the processor began.
    var counts = StreamCounts()
    /// Batches, threads and more that were written, as far as they are committed.
    var gauge = StreamGauge()
}

/// What is open and what waits at one moment.
struct StreamGauge: Sendable, Hashable {
    /// Records of the events topics that are not read yet; nil: not known.
    var lag: Int?
    /// Records between the stages that are not read yet.
    var scoredLag = 0
    /// Threads that are open, or wait for their pairing or example.
    var openThreads = 0
    /// Groups that are not written yet.
    var openGroups = 0
    /// Age of the oldest of them by the time of the events, milliseconds; nil: nothing is open.
    var oldest: Int64?
    /// Partitions that are ours.
    var partitions = 0
    /// Partitions that are ours and that nobody works on yet.
    var waiting = 0
    /// How many of them are being taken up again.
    var restoring = 0
    /// Threads of decided groups that have no line in the ledger, or two; 0 always.
    var imbalance = 0
    /// Nothing is read, since the memory budget is used up.
    var isPaused = false
}

extension StreamReport {
    /// One line for a person: what has happened since an earlier report, and what is open now.
    func line(since before: StreamReport) -> String {
        var parts: [String] = []
        if gauge.waiting > 0 { parts.append("taking up \(gauge.waiting) partitions") }
        if gauge.partitions + gauge.waiting == 0 { parts.append("no partition is assigned") }
        if gauge.restoring > 0 { parts.append("restoring \(gauge.restoring) of \(gauge.partitions) partitions") }
        if gauge.isPaused { parts.append("paused at limits.memory_budget") }
        let rate = rate(since: before)
        parts.append("\(grouped(Int(rate.rounded()))) rec/s")
        parts.append(lagText(rate))
        if gauge.scoredLag >= 1000 { parts.append("between the stages \(grouped(gauge.scoredLag))") }
        parts.append(openText)
        let batches = counts.batches - before.counts.batches
        parts.append("\(grouped(counts.batches)) batches" + (batches > 0 ? " (+\(grouped(batches)))" : ""))
        parts += signalText(before.counts)
        parts += lossText(before.counts)
        return parts.joined(separator: " · ")
    }

    /// Records a second.
    func rate(since before: StreamReport) -> Double {
        let milliseconds = at &- before.at
        guard milliseconds > 0 else { return 0 }
        return Double(max(0, counts.records - before.counts.records)) * 1000 / Double(milliseconds)
    }

    private func lagText(_ rate: Double) -> String {
        guard let lag = gauge.lag else { return "lag unknown" }
        guard lag > 0, rate > 0 else { return "lag \(grouped(lag))" }
        return "lag \(grouped(lag)) (\(shortSeconds(Double(lag) / rate)))"
    }

    private var openText: String {
        var text = "open \(grouped(gauge.openThreads)) threads, \(grouped(gauge.openGroups)) groups"
        if let oldest = gauge.oldest { text += " (oldest \(shortSeconds(Double(oldest) / 1000)))" }
        return text
    }

    private func signalText(_ before: StreamCounts) -> [String] {
        var parts: [String] = []
        let rewards = counts.rewards - before.rewards
        if rewards > 0 {
            parts.append("reward \(twoDigits((counts.rewardSum - before.rewardSum) / Double(rewards)))")
        }
        let groups = counts.groups.values.reduce(0, +) - before.groups.values.reduce(0, +)
        if groups > 0 {
            let share = Double(counts.informativeGroups - before.informativeGroups) / Double(groups)
            parts.append("signal \(Int((share * 100).rounded())) %")
        }
        let phantoms = counts.phantomGroups - before.phantomGroups
        if phantoms > 0 { parts.append("phantom groups +\(grouped(phantoms))") }
        return parts
    }

    private func lossText(_ before: StreamCounts) -> [String] {
        var parts: [String] = []
        func add(_ name: String, _ now: [(String, Int)], _ earlier: [String: Int]) {
            let new = now.map { ($0.0, $0.1 - (earlier[$0.0] ?? 0)) }.filter { $0.1 > 0 }
            if let text = breakdown(new) { parts.append("\(name) +\(text)") }
        }
        add(
            "excluded",
            counts.excluded.map { ($0.key.rawValue, $0.value) },
            Dictionary(uniqueKeysWithValues: before.excluded.map { ($0.key.rawValue, $0.value) })
        )
        add("dead letters", counts.deadLetterReasons.map { ($0.key, $0.value) }, before.deadLetterReasons)
        for (name, count) in [
            ("duplicates", counts.duplicates - before.duplicates), ("late", counts.late - before.late),
            ("clamped times", counts.clamped - before.clamped),
        ] where count > 0 { parts.append("\(name) +\(grouped(count))") }
        return parts
    }
}

/// A sum and what it is made of, the most frequent first: `5: unknown_example 4, incomplete 1`; nil: it is 0.
func breakdown(_ counts: [(name: String, count: Int)], limit: Int = 4) -> String? {
    let some = counts.filter { $0.count > 0 }.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    guard let first = some.first else { return nil }
    let sum = grouped(some.reduce(0) { $0 + $1.count })
    guard some.count > 1 else { return "\(sum): \(first.name)" }
    let names = some.prefix(limit).map { "\($0.name) \(grouped($0.count))" }
    return "\(sum): " + names.joined(separator: ", ") + (some.count > limit ? ", …" : "")
}

/// Seconds as a person says them: `0.3 s`, `41 s`, `12 min`, `3 h`, `2 d`.
func shortSeconds(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0 else { return "? s" }
    if seconds < 9.95 {
        let tenths = Int((seconds * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) s"
    }
    if seconds < 120 { return "\(Int(seconds.rounded())) s" }
    if seconds < 7200 { return "\(Int((seconds / 60).rounded())) min" }
    if seconds < 172_800 { return "\(Int((seconds / 3600).rounded())) h" }
    return "\(grouped(Int(min(seconds / 86_400, 1e12).rounded()))) d"
}

/// A number with two digits behind the point.
func twoDigits(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return String(value) }
    let hundredths = Int((abs(value) * 100).rounded())
    let rest = hundredths % 100
    return (value < 0 && hundredths > 0 ? "-" : "") + "\(grouped(hundredths / 100)).\(rest < 10 ? "0" : "")\(rest)"
}
