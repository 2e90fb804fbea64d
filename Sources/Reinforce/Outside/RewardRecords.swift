import JSON

/// What has been said of rollouts from outside their traces, by thread and component. The last record before a rollout was
/// scored counts; the one that it was scored by says so itself, so that a replay takes the same.
public struct RewardRecords: Sendable {
    private struct Entry: Sendable {
        /// What a rollout was scored by.
        var decided: RewardAnswer?
        var last: RewardAnswer
        /// Kafka time of the last one, milliseconds; `.min`: none.
        var time: Int64
    }

    /// What a record has changed.
    public enum Change: Sendable, Hashable {
        /// It is what counts now.
        case counts
        /// It says what was said before.
        case same
        /// The rollout was scored by another value before.
        case late
    }

    private var all: [ThreadKey: [Text: Entry]] = [:]
    /// Take what was said last, also where a rollout was scored by something else before.
    public var prefersLatest = false
    /// Records that came after their rollout was scored, and say something else.
    public private(set) var late = 0

    /// Nothing.
    public init() {}

    /// How many threads it names.
    public var count: Int { all.count }

    /// Of whole groups, by component: what they were decided by, and what was said last.
    private var ofGroups: [GroupKey: [Text: (decided: GroupAnswer?, last: GroupAnswer)]] = [:]

    /// Takes one record of either kind.
    public mutating func insert(_ line: RewardLine) {
        switch line {
        case .rollout(let record): insert(record)
        case .group(let record): insert(record)
        }
    }

    /// Takes one record of a group.
    public mutating func insert(_ record: GroupRewardRecord) {
        // a decision is written once; at least once may write it twice, and the first one was what its group was decided by
        let known = ofGroups[record.key]?[record.component]?.decided
        let decided = known ?? (record.decidedAt == nil ? nil : record.answer)
        ofGroups[record.key, default: [:]][record.component] = (decided, record.answer)
    }

    /// Takes what was said of a group just now in the place of everything before.
    public mutating func replace(_ record: GroupRewardRecord) {
        ofGroups[record.key, default: [:]][record.component] = (nil, record.answer)
    }

    /// What counts for the components of a group.
    func answers(_ key: GroupKey) -> [Text: GroupAnswer] {
        guard let found = ofGroups[key] else { return [:] }
        return found.mapValues { prefersLatest ? $0.last : $0.decided ?? $0.last }
    }

    /// Takes one record; records come in the order in which they were written.
    ///
    /// - Parameter time: its Kafka time, milliseconds; nil or negative: none, it counts whenever its thread ran.
    @discardableResult
    public mutating func insert(_ record: RewardRecord, time: Int64? = nil) -> Change {
        let time = time.flatMap { $0 < 0 ? nil : $0 } ?? .min
        guard var entry = all[record.key]?[record.component] else {
            let decided = record.decision
            all[record.key, default: [:]][record.component] = Entry(decided: decided, last: record.answer, time: time)
            return .counts
        }
        // a decision is written once; at least once may write it twice, and the first one was the first to be seen
        if entry.decided == nil { entry.decided = record.decision }
        let change: Change
        if let decided = entry.decided {
            change = record.answer.agrees(with: decided) ? .same : .late
        } else {
            change = record.answer == entry.last ? .same : .counts
        }
        if change == .late { late += 1 }
        entry.last = record.answer
        entry.time = time
        all[record.key]?[record.component] = entry
        return change
    }

    /// Takes what was said just now in the place of everything before.
    public mutating func replace(_ record: RewardRecord) {
        all[record.key, default: [:]][record.component] = Entry(decided: nil, last: record.answer, time: .min)
    }

    /// What counts for a component of a thread.
    ///
    /// - Parameter earliest: records before this Kafka time are of an earlier thread of the same name.
    func answer(_ key: ThreadKey, _ component: Text, from earliest: Int64 = .min) -> RewardAnswer? {
        guard !all.isEmpty, let entry = all[key]?[component], entry.time == .min || entry.time >= earliest else {
            return nil
        }
        return prefersLatest ? entry.last : entry.decided ?? entry.last
    }

    /// What counts for every component of a thread.
    func answers(_ key: ThreadKey, _ rewards: RewardConfiguration) -> [Text: RewardAnswer] {
        guard !all.isEmpty, all[key] != nil else { return [:] }
        var found: [Text: RewardAnswer] = [:]
        for (component, _) in rewards.outside { found[component.name] = answer(key, component.name) }
        return found
    }

    /// Whether something else was said of a thread after it was scored.
    public func isCorrected(_ key: ThreadKey, _ rewards: RewardConfiguration) -> Bool {
        guard !all.isEmpty, let entries = all[key] else { return false }
        return rewards.outside.contains { component, _ in
            guard let entry = entries[component.name], let decided = entry.decided else { return false }
            return !entry.last.agrees(with: decided)
        }
    }

    /// Forgets a thread.
    mutating func remove(_ key: ThreadKey) { if !all.isEmpty { all[key] = nil } }

    /// Forgets what was written before `time` about threads that `isNeeded` denies.
    mutating func forget(before time: Int64, unless isNeeded: (ThreadKey) -> Bool) {
        all = all.filter { key, entries in
            guard entries.values.allSatisfy({ $0.time != .min && $0.time < time }) else { return true }
            return isNeeded(key)
        }
    }

    /// Reads a file of one record a line; every problem is told with its line.
    public static func read(lines text: [UInt8]) -> (records: RewardRecords, problems: [RewardRecordProblem]) {
        var records = RewardRecords()
        var problems: [RewardRecordProblem] = []
        for (index, line) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            do throws(RewardRecordProblem) { records.insert(try RewardLine(Array(line))) } catch {
                var problem = error
                problem.line = index + 1
                problems.append(problem)
            }
        }
        return (records, problems)
    }
}
