/// A run told afterwards in one message; borrows its message.
public struct ExecutionTraceView: ~Escapable {
    let span: RawSpan

    /// Reads a message that a decoder has passed, with its header or without.
    @_lifetime(copy span)
    @inline(__always)
    public init(validated span: RawSpan) { self.span = span }

    /// The run.
    public var threadID: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(2) }
    }
    /// This execution of it.
    public var executionID: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(3) }
    }
    /// How long it took, milliseconds.
    public var totalDurationMilliseconds: UInt64 { span.varint(5) }
    /// Tokens of all its model calls.
    public var totalTokens: UInt64 { span.varint(6) }
    /// It came to its end.
    public var isCompleted: Bool { span.varint(8) != 0 }
    /// When it began, as text.
    public var startedAt: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(9) }
    }
    /// When it ended, as text.
    public var endedAt: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(10) }
    }
    /// The state at the end, as JSON.
    public var finalState: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(11) }
    }

    /// Calls `body` with every node execution, in order.
    public func forEachNode(_ body: (borrowing NodeRecordView) -> Void) {
        var cursor = FieldCursor(span, 4)
        while let inner = cursor.next() { body(NodeRecordView(validated: inner)) }
    }

    /// Calls `body` with every error, in order.
    public func forEachError(_ body: (borrowing ErrorRecordView) -> Void) {
        var cursor = FieldCursor(span, 7)
        while let inner = cursor.next() { body(ErrorRecordView(validated: inner)) }
    }

    /// Calls `body` with every entry of the metadata, as it was written.
    public func forEachMetadata(_ body: (_ name: RawSpan, _ value: RawSpan) -> Void) {
        var entries = FieldCursor(span, 12)
        while let entry = entries.next() { body(entry.bytes(1), entry.bytes(2)) }
    }
}

/// A node's execution, told afterwards; borrows its message.
public struct NodeRecordView: ~Escapable {
    let span: RawSpan

    /// Reads a message that a decoder has passed, with its header or without.
    @_lifetime(copy span)
    @inline(__always)
    public init(validated span: RawSpan) { self.span = span }

    /// The node.
    public var node: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(1) }
    }
    /// How long it took, milliseconds.
    public var durationMilliseconds: UInt64 { span.varint(2) }
    /// Tokens of its prompts.
    public var promptTokens: UInt64 { span.varint(3) }
    /// Tokens of its completions.
    public var completionTokens: UInt64 { span.varint(4) }
    /// Both.
    public var totalTokens: UInt64 { span.varint(5) }
    /// It did what it should.
    public var succeeded: Bool { span.varint(6) != 0 }
    /// When it began, as text.
    public var startedAt: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(7) }
    }
    /// When it ended, as text.
    public var endedAt: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(8) }
    }
    /// What it got.
    public var input: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(9) }
    }
    /// What it gave.
    public var output: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(10) }
    }

    /// Calls `body` with every entry of the metadata, as it was written.
    public func forEachMetadata(_ body: (_ name: RawSpan, _ value: RawSpan) -> Void) {
        var entries = FieldCursor(span, 11)
        while let entry = entries.next() { body(entry.bytes(1), entry.bytes(2)) }
    }
}

/// An error, told afterwards; borrows its message.
public struct ErrorRecordView: ~Escapable {
    let span: RawSpan

    /// Reads a message that a decoder has passed, with its header or without.
    @_lifetime(copy span)
    @inline(__always)
    public init(validated span: RawSpan) { self.span = span }

    /// The node.
    public var node: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(1) }
    }
    /// What it says.
    public var message: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(2) }
    }
    /// Its code.
    public var code: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(3) }
    }
    /// When, as text.
    public var timestamp: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(4) }
    }
    /// The run went on.
    public var recovered: Bool { span.varint(5) != 0 }
    /// Where it happened.
    public var stackTrace: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(6) }
    }
}
