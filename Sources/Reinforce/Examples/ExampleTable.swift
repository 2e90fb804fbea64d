public import JSON

/// The training examples by key.
public struct ExampleTable: Sendable {
    private var byID: [Text: Example] = [:]

    /// An empty table.
    public init() {}

    /// How many examples there are.
    public var count: Int { byID.count }

    /// The example of a key.
    public subscript(id: Text) -> Example? { byID[id] }

    /// Puts an example in, in place of an earlier one of its id.
    public mutating func insert(_ example: Example) { byID[example.id] = example }

    /// Takes an example out: a null value on the topic.
    public mutating func remove(_ id: Text) { byID[id] = nil }

    /// Ids of the examples that have no label, sorted.
    public var withoutLabels: [Text] { byID.values.filter(\.labels.isEmpty).map(\.id).sorted() }

    /// Reads a file of one JSON object a line; blank lines are passed over.
    ///
    /// - Returns: the table of what is right, and every problem with its line.
    public static func read(lines text: [UInt8]) -> (table: ExampleTable, problems: [ExampleProblem]) {
        var table = ExampleTable()
        var problems: [ExampleProblem] = []
        var lines: [Text: Int] = [:]
        for (index, line) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            do throws(ExampleProblem) {
                let example = try Self.example(Array(line))
                if let first = lines[example.id] {
                    throw ExampleProblem("has the id of line \(first) again", example.id)
                }
                lines[example.id] = index + 1
                table.insert(example)
            } catch {
                var problem = error
                problem.line = index + 1
                problems.append(problem)
            }
        }
        return (table, problems)
    }

    /// Parses one example.
    public static func example(_ text: [UInt8]) throws(ExampleProblem) -> Example {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: text, limits: JSONLimits(duplicateKeys: .reject))
        } catch {
            throw ExampleProblem("does not parse: \(error)")
        }
        return try Example(value)
    }
}
