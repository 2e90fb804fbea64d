/// Why a command cannot do what it was asked for; the kind decides the exit code.
public struct PipelineProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of problem it is.
    public enum Kind: Int32, Sendable, Hashable {
        /// Wrong usage or configuration.
        case usage = 64
        /// Data that must be whole is broken.
        case data = 65
        /// An input is missing or cut.
        case input = 66
        /// No broker answers, or a topic is missing on it.
        case unavailable = 69
        /// The program itself is wrong.
        case `internal` = 70
        /// It may work later.
        case temporary = 75
        /// The broker does not allow it.
        case notAllowed = 77
    }

    /// What kind of problem it is.
    public let kind: Kind
    /// What, where, and what to do; a line for each thing that is wrong.
    public let description: String

    /// A problem.
    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
