/// The whole state of a thread; borrows its message.
public struct CheckpointView: ~Escapable {
    let span: RawSpan

    /// Reads a message that a decoder has passed, with its header or without.
    @_lifetime(copy span)
    @inline(__always)
    public init(validated span: RawSpan) { self.span = span }

    /// Its id.
    public var checkpointID: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(2) }
    }
    /// The state as it was packed.
    public var state: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(3) }
    }
    /// The producer's name for its type.
    public var stateType: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(4) }
    }
    /// SHA-256 of the uncompressed state.
    public var checksum: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(5) }
    }
    /// Where it lies, when not here.
    public var storageURI: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(6) }
    }
    /// How the state is packed (`CompressionType`): 0 not, 1 zstd.
    public var compressionType: Int32 { Int32(wire: span.bytes(7).varint(1)) }
    /// Bytes of the packed state, as the producer says.
    public var compressedSize: UInt64 { span.bytes(7).varint(2) }
    /// Bytes of the state, as the producer says.
    public var uncompressedSize: UInt64 { span.bytes(7).varint(3) }
    /// The ratio, as the producer says.
    public var compressionRatio: Float { Float(bitPattern: span.bytes(7).fixed32(4)) }

    /// Calls `body` with every entry of the metadata, as it was written.
    public func forEachMetadata(_ body: (_ name: RawSpan, _ value: RawSpan) -> Void) {
        var entries = FieldCursor(span, 8)
        while let entry = entries.next() { body(entry.bytes(1), entry.bytes(2)) }
    }
}
