/// Who wrote a commit, and which of its commits it was. It settles commits whose answer never came, and lets a process
/// keep what it holds of a partition that comes back to it.
public struct CommitToken: Hashable, Sendable, CustomStringConvertible {
    /// Drawn at random by each process at its start.
    public var writer: UInt32
    /// Counts the process's commits of the partition.
    public var sequence: UInt64

    /// A token.
    public init(writer: UInt32, sequence: UInt64) {
        self.writer = writer
        self.sequence = sequence
    }

    /// The writer in hexadecimal, a slash, the sequence.
    public var description: String { "\(String(writer, radix: 16))/\(sequence)" }
}
