public import JSON

/// Pairings that came beside the trace, by thread; the latest record of a thread wins.
public struct PairingRegistry: Sendable {
    private var places: [ThreadKey: PairingPlace] = [:]

    /// An empty registry.
    public init() {}

    /// How many threads it names.
    public var count: Int { places.count }

    /// What it says about a thread.
    public subscript(key: ThreadKey) -> PairingPlace? { places[key] }

    /// Takes one record: a JSON object with `tenant_id`, `thread_id` (or the record's key) and the pairing's fields.
    ///
    /// - Throws: what is wrong with it.
    @discardableResult
    public mutating func insert(_ text: [UInt8], recordKey: Text? = nil) throws(RegistryProblem) -> ThreadKey {
        let value: JSONValue
        do { value = try JSONValue(parsing: text) } catch { throw RegistryProblem(message: "does not parse: \(error)") }
        guard case .object(let object) = value else { throw RegistryProblem(message: "is not a JSON object") }
        guard case .string(let tenant)? = object["tenant_id"] else {
            throw RegistryProblem(message: "has no `tenant_id`: thread ids repeat between tenants")
        }
        var thread = recordKey
        if case .string(let named)? = object["thread_id"] { thread = named }
        guard let thread, !thread.string.isEmpty else { throw RegistryProblem(message: "has no `thread_id`") }
        let key = ThreadKey(tenant: tenant, thread: thread)
        places[key] = PairingPlace(object)
        return key
    }

    /// Forgets a thread.
    public mutating func remove(_ key: ThreadKey) { places[key] = nil }

    /// Reads a file of one record a line; every problem is told with its line.
    public static func read(lines text: [UInt8]) -> (registry: PairingRegistry, problems: [RegistryProblem]) {
        var registry = PairingRegistry()
        var problems: [RegistryProblem] = []
        for (index, line) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            do { try registry.insert(Array(line)) } catch {
                var problem = error
                problem.line = index + 1
                problems.append(problem)
            }
        }
        return (registry, problems)
    }
}

/// What is wrong with one registry record.
public struct RegistryProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line of the file, from 1.
    public var line: Int?
    /// What is wrong, continuing "the record …".
    public let message: String

    /// One sentence with the line.
    public var description: String { (line.map { "line \($0): " } ?? "") + "pairing record \(message)" }
}
