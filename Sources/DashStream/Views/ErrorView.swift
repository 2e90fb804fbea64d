/// An error's details; borrows its message.
public struct ErrorView: ~Escapable {
    let span: RawSpan

    /// Reads a message that a decoder has passed, with its header or without.
    @_lifetime(copy span)
    @inline(__always)
    public init(validated span: RawSpan) { self.span = span }

    /// Its header; nil where an error within another message has none.
    public var header: Header? {
        @_lifetime(copy self)
        get {
            guard let header = span.optionalBytes(1) else { return nil }
            return Header(header)
        }
    }
    /// Its code.
    public var code: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(2) }
    }
    /// What it says.
    public var message: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(3) }
    }
    /// Where it happened.
    public var stackTrace: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(4) }
    }
    /// How bad it is (`Severity`).
    public var severity: Int32 { Int32(wire: span.varint(6)) }
    /// Its type.
    public var exceptionType: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(7) }
    }

    /// Calls `body` with every entry of the context, as it was written.
    public func forEachContext(_ body: (_ name: RawSpan, _ value: RawSpan) -> Void) {
        var entries = FieldCursor(span, 5)
        while let entry = entries.next() { body(entry.bytes(1), entry.bytes(2)) }
    }

    /// Calls `body` with every suggestion, in order.
    public func forEachSuggestion(_ body: (RawSpan) -> Void) {
        var cursor = FieldCursor(span, 8)
        while let suggestion = cursor.next() { body(suggestion) }
    }
}
