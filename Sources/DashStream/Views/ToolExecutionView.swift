/// A stage of a tool's execution; borrows its message.
public struct ToolExecutionView: ~Escapable {
    let span: RawSpan

    /// Reads a message that a decoder has passed, with its header or without.
    @_lifetime(copy span)
    @inline(__always)
    public init(validated span: RawSpan) { self.span = span }

    /// The call.
    public var callID: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(2) }
    }
    /// The tool.
    public var toolName: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(3) }
    }
    /// How far it is (`ExecutionStage`).
    public var stage: Int32 { Int32(wire: span.varint(4)) }
    /// What it was called with.
    public var arguments: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(5) }
    }
    /// What it gave.
    public var result: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(6) }
    }
    /// What went wrong.
    public var error: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(7) }
    }
    /// The error at length.
    public var errorDetails: ErrorView? {
        @_lifetime(copy self)
        get {
            guard let inner = span.optionalBytes(8) else { return nil }
            return ErrorView(validated: inner)
        }
    }
    /// How long it took, microseconds.
    public var durationMicroseconds: Int64 { Int64(bitPattern: span.varint(9)) }
    /// How often it was tried again.
    public var retryCount: UInt32 { UInt32(truncatingIfNeeded: span.varint(10)) }
}
