/// An input file that cannot be read, or cannot be read further.
public struct InputError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public enum Kind: Sendable, Hashable {
        /// The file is not there or may not be read.
        case unreadable
        /// It is no recording.
        case notARecording
        /// It ends within a record.
        case cut
        /// A record's lengths contradict each other.
        case damaged
    }

    /// What is wrong.
    public let kind: Kind
    /// The file.
    public let path: String
    /// The byte at which the first record that is not whole begins; −1: none.
    public let byte: Int64
    /// The whole story in one sentence.
    public let description: String

    package init(_ kind: Kind, _ path: String, byte: Int64 = -1, _ description: String) {
        self.kind = kind
        self.path = path
        self.byte = byte
        self.description = description
    }
}
