/// Decodes record values. Keeps its buffers from record to record; one decoder serves one thread.
public struct FrameDecoder: ~Copyable {
    private let options: FrameOptions
    private var decompressor = Decompressor()
    private var buffer: [UInt8] = []
    /// How the last record that was read was packed.
    public private(set) var framing = Framing.raw

    /// - Parameter options: what is accepted.
    public init(_ options: FrameOptions = FrameOptions()) { self.options = options }

    /// Decodes one record's value and checks all of it.
    ///
    /// - Parameter payload: the value; nil for a tombstone.
    /// - Returns: a view that borrows the payload and this decoder.
    /// - Throws: ``Poison`` with the reason of the first problem.
    @_lifetime(copy payload, &self)
    public mutating func decode(_ payload: RawSpan?) throws(Poison) -> Message {
        guard let payload else { throw Poison(.ioError, "the record has no value") }
        guard payload.byteCount > 0 else { throw Poison(.ioError, "the record's value is empty") }
        guard payload.byteCount <= options.maxFrameBytes else {
            throw Poison(
                .invalidFormat,
                "the frame has \(payload.byteCount) bytes, \(options.maxFrameBytes) are allowed"
            )
        }
        let body = payload.extracting(1..<payload.byteCount)
        switch payload.frameByte {
        case 0:
            framing = .raw
            return try message(body)
        case 1:
            framing = .zstd
            return try decompressed(body)
        case let byte:
            guard options.legacyFrames else {
                throw Poison(
                    .invalidFormat,
                    "the frame begins with byte \(byte), which is neither 0 (raw) nor 1 (zstd)"
                )
            }
            let isZstd = payload.beginsLikeZstd || payload.beginsLikeSkippableZstd
            framing = isZstd ? .legacyZstd : .legacyRaw
            if isZstd { return try decompressed(payload) }
            return try message(payload)
        }
    }

    @_lifetime(&self)
    private mutating func decompressed(_ body: RawSpan) throws(Poison) -> Message {
        try decompressor.decompress(body, limit: options.maxFrameBytes, into: &buffer)
        if try unsafe Poison.isInPieces(buffer.span.bytes) { buffer = unsafe Merger.merged(buffer.span.bytes) }
        return try unsafe Message(validated: buffer.span.bytes, options.schema)
    }

    @_lifetime(copy span, &self)
    private mutating func message(_ span: RawSpan) throws(Poison) -> Message {
        guard try Poison.isInPieces(span) else { return try Message(validated: span, options.schema) }
        buffer = Merger.merged(span)
        return try unsafe Message(validated: buffer.span.bytes, options.schema)
    }
}

extension Poison {
    /// Checks a message to its last byte; true where its pieces must be merged before it is read.
    fileprivate static func isInPieces(_ span: RawSpan) throws(Poison) -> Bool {
        switch Validator.check(span, .message) {
        case .clean: return false
        case .pieces: return true
        case .utf8: throw Poison(.decodeError, "a string is not UTF-8")
        case .tooDeep: throw Poison(.decodeError, "messages are nested deeper than \(WireReader.maxDepth) levels")
        case .malformed: throw Poison(.decodeError, "the protobuf is malformed")
        }
    }
}
