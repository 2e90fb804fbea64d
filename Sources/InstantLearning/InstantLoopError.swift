/// Why something cannot be done: what is wrong, where, and what would be right.
public struct InstantLoopError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, for a person.
    public let description: String

    init(_ description: String) { self.description = description }
}
