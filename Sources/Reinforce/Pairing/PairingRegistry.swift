public import JSON

/// Pairings that came beside the trace, by thread, in the order they were written.
public struct PairingRegistry: Sendable {
    struct Record: Sendable, Hashable {
        let place: PairingPlace
        /// Kafka time, milliseconds; `.min`: none, it counts whenever its thread ran.
        let timestamp: Int64
    }

    private var records: [ThreadKey: [Record]] = [:]

    /// An empty registry.
    public init() {}

    /// How many threads it names.
    public var count: Int { records.count }

    /// What its latest record says about a thread.
    public subscript(key: ThreadKey) -> PairingPlace? { records[key]?.last?.place }

    /// Takes one record: a JSON object with `tenant_id`, `thread_id` (or the record's key) and the pairing's fields.
    ///
    /// - Parameters:
    ///   - text: the record's value.
    ///   - recordKey: the record's key, the thread's id where the value does not say it.
    ///   - timestamp: its Kafka time in milliseconds; nil or negative: none, it counts whenever its thread ran.
    /// - Returns: the thread that it names.
    /// - Throws: what is wrong with it.
    @discardableResult
    public mutating func insert(_ text: [UInt8], recordKey: Text? = nil, timestamp: Int64? = nil)
        throws(RegistryProblem) -> ThreadKey
    {
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
        let record = Record(place: PairingPlace(object), timestamp: timestamp.flatMap { $0 < 0 ? nil : $0 } ?? .min)
        // said again it says nothing new
        if records[key]?.last != record { records[key, default: []].append(record) }
        return key
    }

    /// Forgets a thread.
    public mutating func remove(_ key: ThreadKey) { if !records.isEmpty { records[key] = nil } }

    /// Forgets what was written before `time` about threads that `isNeeded` denies.
    mutating func forget(before time: Int64, unless isNeeded: (ThreadKey) -> Bool) {
        records = records.filter { key, records in
            guard let last = records.last, last.timestamp != .min, last.timestamp < time else { return true }
            return isNeeded(key)
        }
    }

    /// The records of a thread that count between two times.
    func candidates(_ key: ThreadKey, from: Int64, to: Int64) -> Candidates {
        guard !records.isEmpty, let all = records[key] else { return Candidates(records: []) }
        return Candidates(records: all.filter { $0.timestamp == .min || $0.timestamp >= from && $0.timestamp <= to })
    }

    /// The latest record of a thread, whenever it was written.
    func latest(_ key: ThreadKey) -> Candidates {
        guard !records.isEmpty, let last = records[key]?.last else { return Candidates(records: []) }
        return Candidates(records: [Record(place: last.place, timestamp: .min)])
    }

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
