public import JSON

/// Whom an adapter is for.
public struct AdapterKey: Hashable, Comparable, Sendable {
    /// The tenant it has learnt from.
    public let tenant: Text
    /// The route it has learnt from; may be empty.
    public let route: Text

    /// Names an adapter.
    public init(tenant: Text, route: Text) {
        self.tenant = tenant
        self.route = route
    }

    /// `TENANT/ROUTE`, with `%` and `/` within either as `%25` and `%2F`: two keys never have one name.
    public var name: String { Self.escaped(tenant) + "/" + Self.escaped(route) }

    /// By tenant, then route, by bytes.
    public static func < (a: Self, b: Self) -> Bool { (a.tenant, a.route) < (b.tenant, b.route) }

    private static func escaped(_ text: Text) -> String {
        var escaped = ""
        for character in text.string.unicodeScalars {
            switch character {
            case "%": escaped += "%25"
            case "/": escaped += "%2F"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}

/// An adapter that is to be written to the adapters topic.
public struct AdapterRecord: Sendable, Hashable {
    /// Whom it is for.
    public let adapter: AdapterKey
    /// Its name; also the record's key.
    public let name: String
    /// The record's key: compaction keeps the latest adapter of each.
    public let key: [UInt8]
    /// The record's value: safetensors.
    public let value: [UInt8]
    /// What stands beside the weights.
    public let metadata: [String: String]

    init(_ adapter: AdapterKey, _ value: [UInt8], _ metadata: [String: String]) {
        self.adapter = adapter
        name = adapter.name
        key = Array(adapter.name.utf8)
        self.value = value
        self.metadata = metadata
    }
}

/// Why an adapter that was published cannot be gone on with.
public struct AdapterProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, and what happens now.
    public let description: String

    init(_ description: String) { self.description = description }
}
