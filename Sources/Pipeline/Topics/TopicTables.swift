internal import JSON
internal import Kafka
public import Reinforce
public import Settings

extension Settings {
    /// Reads the training examples of a compacted topic as it is now, and checks what must hold of them.
    ///
    /// - Returns: the table, and what was wrong with records that were passed over, a line each.
    /// - Throws: ``PipelineProblem`` where the topic cannot be read, or what is left cannot be trained on.
    public func readExamples(topic: String) throws -> (table: ExampleTable, problems: [String]) {
        var table = ExampleTable()
        var problems: [String] = []
        try WholeTopic(topic, clientConfiguration()).forEach { record in
            let key = text(record.key)
            guard let value = record.value else {
                if let key { table.remove(key) }
                return
            }
            do {
                table.insert(try ExampleTable.example([UInt8](value)))
            } catch {
                problems.append("\(topic)[\(record.partition)] offset \(record.offset): \(error)")
            }
        }
        try check(table, of: "topic \(topic)")
        return (table, problems)
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
