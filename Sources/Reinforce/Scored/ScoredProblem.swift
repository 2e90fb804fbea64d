/// What is wrong with a record of the topic between the stages.
public struct ScoredProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, beginning with the message it is wrong with.
    public let message: String
    /// Where in the record, in bytes.
    public let byte: Int

    init(_ message: String, byte: Int) {
        self.message = message
        self.byte = byte
    }

    /// One sentence with the place.
    public var description: String { "scored record: \(message), at byte \(byte)" }
}
