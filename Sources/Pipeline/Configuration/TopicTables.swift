internal import DashStream
internal import Files
internal import JSON
internal import Kafka
internal import Recordings
public import Reinforce
public import Settings

extension Settings {
    /// Reads the training examples of a compacted topic as it is now, and checks what must hold of them.
    ///
    /// - Returns: the table, and the records that are no example and were passed over.
    /// - Throws: ``PipelineProblem`` where the topic cannot be read, or what is left cannot be trained on.
    public func readExamples(topic: String) throws -> (table: ExampleTable, broken: BrokenExamples) {
        var keyed = KeyedExamples(needsLabels: stageConfiguration().rewards.needsLabels)
        var broken = BrokenExamples(limit: limits.memoryBudget / 8)
        try WholeTopic(topic, clientConfiguration()).forEach { record in
            var (key, value): ([UInt8]?, [UInt8]?) = (nil, nil)
            if let span = record.key { key = [UInt8](span) }
            if let span = record.value { value = [UInt8](span) }
            do throws(Poison) {
                _ = try keyed.take(key: key, value: value)
            } catch {
                broken.add(BrokenExample(record, error))
            }
        }
        try check(keyed.table, of: "topic \(topic)")
        return (keyed.table, broken)
    }

    /// Reads the pairing records of a topic as it is now; the latest one of a thread wins.
    ///
    /// - Returns: the pairings, and what was wrong with records that were passed over, a line each.
    public func readRegistry(topic: String) throws -> (registry: PairingRegistry, problems: [String]) {
        var registry = PairingRegistry()
        var problems: [String] = []
        try WholeTopic(topic, clientConfiguration()).forEach { record in
            guard let value = record.value else { return }
            do {
                try registry.insert([UInt8](value), recordKey: text(record.key))
            } catch {
                problems.append("\(topic)[\(record.partition)] offset \(record.offset): \(error)")
            }
        }
        return (registry, problems)
    }

    private func text(_ key: RawSpan?) -> Text? {
        guard let key else { return nil }
        return Text(utf8: key)
    }
}
