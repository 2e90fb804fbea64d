internal import DashStream
internal import JSON
internal import Reinforce

/// Training examples as the records of a topic say them. A record's key says which records it replaces, its value which
/// example it is: a null value takes out what the last record of its key has said, whatever that was called. So the table
/// is the same whether compaction has been there or not. What cannot be read changes nothing.
struct KeyedExamples {
    /// What the table has learnt.
    enum Change {
        case put(Example)
        case removed(Text)
    }

    /// The examples as they are now.
    private(set) var table: ExampleTable
    private let needsLabels: Bool
    /// The example that the latest record of a key has defined, where key and example differ.
    private var defined: [[UInt8]: Text] = [:]
    /// The key under which an example was last written, where the two differ.
    private var written: [Text: [UInt8]] = [:]

    /// - Parameter needsLabels: the reward compares answers with labels.
    init(_ table: ExampleTable = ExampleTable(), needsLabels: Bool) {
        self.table = table
        self.needsLabels = needsLabels
    }

    /// Takes a record.
    ///
    /// - Returns: what has changed.
    /// - Throws: why it is no example.
    mutating func take(key: [UInt8]?, value: [UInt8]?) throws(Poison) -> [Change] {
        guard let value else {
            guard let key else { throw Poison(.ioError, "the record has neither key nor value") }
            return remove(definedBy: key)
        }
        let example = try read(value)
        let key = key ?? Array(example.id.utf8)
        var changes: [Change] = []
        if let earlier = self.example(of: key), earlier != example.id { changes += remove(definedBy: key) }
        let isOwn = key.elementsEqual(example.id.utf8)
        defined[key] = isOwn ? nil : example.id
        written[example.id] = isOwn ? nil : key
        table.insert(example)
        return changes + [.put(example)]
    }

    private func read(_ value: [UInt8]) throws(Poison) -> Example {
        guard !value.isEmpty else { throw Poison(.ioError, "the record's value is empty") }
        do throws(ExampleProblem) {
            let example = try ExampleTable.example(value)
            guard !needsLabels || !example.labels.isEmpty else {
                throw ExampleProblem("has no label, but the reward compares the answer with one", example.id)
            }
            return example
        } catch {
            throw Poison(.schemaError, error.description)
        }
    }

    /// What the latest record of a key has defined.
    private func example(of key: [UInt8]) -> Text? {
        if let id = defined[key] { return id }
        guard let id = unsafe Text(utf8: key.span.bytes), table[id] != nil, written[id] == nil else { return nil }
        return id
    }

    private mutating func remove(definedBy key: [UInt8]) -> [Change] {
        guard let id = example(of: key) else { return [] }
        defined[key] = nil
        // another key has written it since
        guard written[id] ?? Array(id.utf8) == key else { return [] }
        written[id] = nil
        table.remove(id)
        return [.removed(id)]
    }
}
