internal import DashStream
internal import Files
internal import JSON
internal import Kafka
public import Problems
internal import Recordings
public import Reinforce
public import Settings

/// Reads a file of reward records, one JSON object a line.
///
/// - Throws: ``PipelineProblem`` that lists every line that is wrong.
public func readRewardRecords(_ path: String) throws(PipelineProblem) -> RewardRecords {
    let (records, problems) = RewardRecords.read(lines: try readText(path))
    guard problems.isEmpty else {
        throw PipelineProblem(.data, problems.map { "\(path) \($0)" }.joined(separator: "\n"))
    }
    return records
}

extension Settings {
    /// Some components' values come from outside the trace.
    public var hasOutsideRewards: Bool { !rewards.outside.isEmpty }

    /// Reads what was said on a rewards topic, whole.
    ///
    /// - Returns: what was said, and what was wrong with records that were passed over, a line each.
    public func readRewardRecords(topic: String) throws -> (records: RewardRecords, problems: [String]) {
        var records = RewardRecords()
        let problems = try forEachReward(topic: topic) { records.insert($0) }
        return (records, problems)
    }

    /// Writes what was said on a rewards topic to a file, a record a line, as a replay takes it.
    ///
    /// - Returns: how many there were, and what was wrong with those that were passed over, a line each.
    public func recordRewards(topic: String, to path: String) throws -> (count: Int, problems: [String]) {
        let file = try OutputFile(path)
        var count = 0
        let problems = try forEachReward(topic: topic) { record in
            try file.write(line: record.json)
            count += 1
        }
        try file.finish()
        return (count, problems)
    }

    /// - Returns: what was wrong with records that were passed over, a line each.
    private func forEachReward(topic: String, _ body: (RewardLine) throws -> Void) throws -> [String] {
        var problems: [String] = []
        try WholeTopic(topic, clientConfiguration()).forEach { record in
            guard let value = record.value else { return }
            let said: RewardLine
            do throws(RewardRecordProblem) {
                var key: Text?
                if let span = record.key { key = Text(utf8: span) }
                said = try RewardLine([UInt8](value), recordKey: key)
            } catch {
                problems.append("\(topic)[\(record.partition)] offset \(record.offset): \(error)")
                return
            }
            try body(said)
        }
        return problems
    }
}
