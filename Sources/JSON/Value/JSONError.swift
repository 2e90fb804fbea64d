/// Why a text is not JSON, and where.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: String, Sendable, Hashable {
        /// The text ends too early.
        case unexpectedEnd = "the text ends too early"
        /// A byte that cannot stand here.
        case unexpectedByte = "a byte that cannot stand here"
        /// Something follows the value.
        case trailingBytes = "something follows the value"
        /// A number that is not of JSON's form, or too large for a double.
        case badNumber = "a number that is not of JSON's form or too large"
        /// A control character or an unknown escape in a string.
        case badString = "a control character or an unknown escape in a string"
        /// Bytes that are not UTF-8.
        case invalidUTF8 = "bytes that are not UTF-8"
        /// Half of a surrogate pair.
        case loneSurrogate = "half of a surrogate pair"
        /// Nested deeper than allowed.
        case tooDeep = "nested deeper than allowed"
        /// Larger than allowed.
        case tooLarge = "larger than allowed"
        /// A key occurs twice where that is not allowed.
        case duplicateKey = "a key that occurs twice"
        /// A pointer that does not begin with `/`, or a `~` that is neither `~0` nor `~1`.
        case badPointer = "no JSON pointer"
    }

    /// What is wrong.
    public let reason: Reason
    /// Where, in bytes from the start of the text.
    public let byte: Int

    /// An error at a byte.
    public init(_ reason: Reason, at byte: Int) {
        self.reason = reason
        self.byte = byte
    }

    /// What and where, in a few words.
    public var description: String { "\(reason.rawValue) at byte \(byte)" }
}

/// What a parser accepts.
public struct JSONLimits: Sendable, Hashable {
    /// What becomes of a key that occurs twice in one object.
    public enum DuplicateKeys: Sendable, Hashable {
        /// The last one counts, as in most libraries.
        case lastWins
        /// It is an error.
        case reject
    }

    /// Containers within containers.
    public var maxDepth: Int
    /// Bytes of the text.
    public var maxBytes: Int
    /// What becomes of a key that occurs twice.
    public var duplicateKeys: DuplicateKeys

    /// 127 levels, 64 MiB and the last key wins, unless told otherwise.
    public init(maxDepth: Int = 127, maxBytes: Int = 64 << 20, duplicateKeys: DuplicateKeys = .lastWins) {
        self.maxDepth = maxDepth
        self.maxBytes = maxBytes
        self.duplicateKeys = duplicateKeys
    }
}
