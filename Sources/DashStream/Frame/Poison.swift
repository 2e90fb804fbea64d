/// Why a record cannot be read: the names that go into dead letters.
public enum PoisonReason: String, Sendable, Hashable, CaseIterable {
    /// The protobuf is malformed.
    case decodeError = "decode_error"
    /// The zstd frame is malformed or larger than allowed once decompressed.
    case decompressionError = "decompression_error"
    /// A header is missing, of another schema version, or names nobody.
    case schemaError = "schema_error"
    /// The frame byte is unknown, or the frame is larger than allowed.
    case invalidFormat = "invalid_format"
    /// There is no payload.
    case ioError = "io_error"
    /// It was read, and could not be processed.
    case processingError = "processing_error"
}

/// A record that cannot be read.
public struct Poison: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of problem.
    public let reason: PoisonReason
    /// What is wrong, in one sentence.
    public let message: String
    /// Where in the message, in bytes, where that is known.
    public let byte: Int?

    /// A problem.
    public init(_ reason: PoisonReason, _ message: String, byte: Int? = nil) {
        self.reason = reason
        self.message = message
        self.byte = byte
    }

    /// The kind, what is wrong and where.
    public var description: String { "\(reason.rawValue): \(message)" + (byte.map { " at byte \($0)" } ?? "") }
}

/// Which schema versions are read; 0 counts as 1, and 1 is the current one.
public enum SchemaPolicy: String, Sendable, Hashable {
    /// The current version only.
    case exact
    /// The current version and newer ones.
    case forward
    /// The current version and older ones.
    case backward
}

/// What a decoder accepts.
public struct FrameOptions: Sendable, Hashable {
    /// Bytes of a frame, and of what comes out when it is decompressed.
    public var maxFrameBytes = 10 << 20
    /// Which schema versions are read.
    public var schema = SchemaPolicy.exact
    /// Accept protobuf and zstd without a frame byte.
    public var legacyFrames = false

    /// The defaults.
    public init() {}
}

/// How a record was packed.
public enum Framing: Int, Sendable, Hashable, CaseIterable {
    /// Frame byte 0 and protobuf.
    case raw
    /// Frame byte 1 and zstd.
    case zstd
    /// Protobuf without a frame byte.
    case legacyRaw
    /// Zstd without a frame byte.
    case legacyZstd
}
