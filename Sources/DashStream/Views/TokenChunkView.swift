/// A piece of what a model streams; borrows its message.
public struct TokenChunkView: ~Escapable {
    let span: RawSpan

    /// Reads a message that a decoder has passed, with its header or without.
    @_lifetime(copy span)
    @inline(__always)
    public init(validated span: RawSpan) { self.span = span }

    /// The model call.
    public var requestID: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(2) }
    }
    /// The text.
    public var text: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(3) }
    }
    /// Position within the call.
    public var chunkIndex: UInt32 { UInt32(truncatingIfNeeded: span.varint(6)) }
    /// Nothing follows.
    public var isFinal: Bool { span.varint(7) != 0 }
    /// Why it ended (`FinishReason`); 0: it has not.
    public var finishReason: Int32 { Int32(wire: span.varint(8)) }
    /// The model.
    public var model: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(9) }
    }
    /// Tokens of the prompt, with the last chunk.
    public var promptTokens: UInt32 { UInt32(truncatingIfNeeded: span.bytes(10).varint(1)) }
    /// Tokens of the completion, with the last chunk.
    public var completionTokens: UInt32 { UInt32(truncatingIfNeeded: span.bytes(10).varint(2)) }
    /// Both.
    public var totalTokens: UInt32 { UInt32(truncatingIfNeeded: span.bytes(10).varint(3)) }

    /// Calls `body` with every token id, in order.
    public func forEachTokenID(_ body: (UInt32) -> Void) {
        var reader = WireReader(span)
        while let tag = reader.tag() {
            if tag == 0x22, let packed = reader.bytes() {
                var values = WireReader(packed)
                while let value = values.varint() { body(UInt32(truncatingIfNeeded: value)) }
            } else if tag == 0x20, let value = reader.varint() {
                body(UInt32(truncatingIfNeeded: value))
            } else if tag != 0x22, tag != 0x20, !reader.skip(tag, depth: 0) {
                break
            }
        }
    }

    /// Calls `body` with every log probability, in order.
    public func forEachLogprob(_ body: (Float) -> Void) {
        var reader = WireReader(span)
        while let tag = reader.tag() {
            if tag == 0x2A, let packed = reader.bytes() {
                var values = WireReader(packed)
                while let value = values.fixed32() { body(Float(bitPattern: value)) }
            } else if tag == 0x2D, let value = reader.fixed32() {
                body(Float(bitPattern: value))
            } else if tag != 0x2A, tag != 0x2D, !reader.skip(tag, depth: 0) {
                break
            }
        }
    }
}
