internal import JSON
public import Reinforce

/// Which of the latest groups are asked for.
public struct GroupFilter: Sendable, Hashable {
    /// Of this tenant; nil: of any.
    public var tenant: String?
    /// Of an example whose id holds this.
    public var example: String?
    /// Of this kind.
    public var kind: GroupFacts.Kind?
    /// With a mean reward of at least this.
    public var least: Double?
    /// With a mean reward of at most this.
    public var most: Double?
    /// The most groups.
    public var limit = 50

    /// Any.
    public init() {}

    /// From the values of a query; what is no number or kind is passed over.
    public init(query: [String: String]) {
        func text(_ name: String) -> String? { query[name].flatMap { $0.isEmpty ? nil : $0 } }
        tenant = query["tenant"]
        example = text("example")
        kind = text("signal").flatMap(GroupFacts.Kind.init(rawValue:))
        least = text("min").flatMap { Double($0) }
        most = text("max").flatMap { Double($0) }
        limit = max(1, min(1000, text("limit").flatMap { Int($0) } ?? 50))
    }

    /// Those of a shelf, the newest first.
    public func pick(from shelf: GroupShelf) -> [WatchedGroup] {
        Array(shelf.groups.lazy.reversed().filter(admits).prefix(limit))
    }

    private func admits(_ group: WatchedGroup) -> Bool {
        let facts = group.facts
        return tenant.map { facts.key.tenant.string == $0 } ?? true
            && example.map { facts.example.string.contains($0) } ?? true && kind.map { facts.kind == $0 } ?? true
            && least.map { facts.statistics.mean >= $0 } ?? true && most.map { facts.statistics.mean <= $0 } ?? true
    }
}
