/// How the state changed; borrows its message.
public struct StateDiffView: ~Escapable {
    let span: RawSpan

    /// Reads a message that a decoder has passed, with its header or without.
    @_lifetime(copy span)
    @inline(__always)
    public init(validated span: RawSpan) { self.span = span }

    /// The checkpoint it builds on.
    public var baseCheckpointID: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(2) }
    }
    /// SHA-256 of the canonical state afterwards; empty where none is given.
    public var stateHash: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(4) }
    }
    /// The whole state as JSON; empty where there are operations.
    public var fullState: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(5) }
    }
    /// The operations in order.
    public var operations: DiffOperationCursor {
        @_lifetime(copy self)
        get { DiffOperationCursor(span) }
    }
}

/// The operations of a diff, in order; a copy starts where the original stands.
public struct DiffOperationCursor: ~Escapable {
    private var cursor: FieldCursor

    @_lifetime(copy span)
    init(_ span: RawSpan) { cursor = FieldCursor(span, 3) }

    /// The next operation; nil behind the last one.
    @_lifetime(copy self)
    @inline(__always)
    public mutating func next() -> DiffOperationView? {
        guard let span = cursor.next() else { return nil }
        return DiffOperationView(validated: span)
    }
}

/// One RFC 6902 operation; borrows its message.
public struct DiffOperationView: ~Escapable {
    let span: RawSpan

    /// Reads a message that a decoder has passed, with its header or without.
    @_lifetime(copy span)
    @inline(__always)
    public init(validated span: RawSpan) { self.span = span }

    /// What to do (`OpType`).
    public var op: Int32 { Int32(wire: span.varint(1)) }
    /// Where (RFC 6901).
    public var path: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(2) }
    }
    /// The value as JSON; empty means null.
    public var value: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(3) }
    }
    /// From where, for move and copy.
    public var from: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(4) }
    }
    /// How the value is written (`ValueEncoding`); 0 is JSON.
    public var encoding: Int32 { Int32(wire: span.varint(5)) }
}
