/// Something that happened in a graph; borrows its message.
public struct EventView: ~Escapable {
    let span: RawSpan

    /// Reads a message that a decoder has passed, with its header or without.
    @_lifetime(copy span)
    @inline(__always)
    public init(validated span: RawSpan) { self.span = span }

    /// What happened (`EventType`).
    public var eventType: Int32 { Int32(wire: span.varint(2)) }
    /// How long it took, microseconds.
    public var durationMicroseconds: Int64 { Int64(bitPattern: span.varint(5)) }
    /// The node; empty for events of the graph.
    public var nodeID: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(3) }
    }
    /// The model call it belongs to.
    public var llmRequestID: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(6) }
    }

    /// The attribute of that name; nil where there is none.
    @_lifetime(copy self)
    public func attribute(named name: StaticString) -> AttributeView? {
        var entries = FieldCursor(span, 4)
        var found: AttributeView?
        while let entry = entries.next() {
            if entry.bytes(1).holds(name) { found = AttributeView(entry.bytes(2)) }
        }
        return found
    }

    /// Calls `body` with every attribute as it was written; of a name that comes twice, the last one counts.
    public func forEachAttribute(_ body: (_ name: RawSpan, _ value: borrowing AttributeView) -> Void) {
        AttributeView.forEachEntry(of: span, field: 4, body)
    }
}

/// An attribute's value: exactly one of its kinds, or none; borrows its message.
public struct AttributeView: ~Escapable {
    let span: RawSpan
    /// Which kind is set: 1 string, 2 integer, 3 float, 4 boolean, 5 bytes, 6 array, 7 map; 0: none.
    public let kind: UInt32

    @_lifetime(copy span)
    init(_ span: RawSpan) {
        self.span = span
        var reader = WireReader(span)
        var kind: UInt32 = 0
        while let tag = reader.tag() {
            if tag >> 3 <= 7, WireType.attributeValue.matches(tag) { kind = tag >> 3 }
            guard reader.skip(tag, depth: 0) else { break }
        }
        self.kind = kind
    }

    /// UTF-8, where it is a string.
    public var string: RawSpan? {
        @_lifetime(copy self)
        get { kind == 1 ? span.bytes(1) : nil }
    }
    /// The number, where it is an integer.
    public var integer: Int64? { kind == 2 ? Int64(bitPattern: span.varint(2)) : nil }
    /// The number, where it is a float.
    public var float: Double? { kind == 3 ? Double(bitPattern: span.optionalFixed64(3) ?? 0) : nil }
    /// The truth, where it is a boolean.
    public var boolean: Bool? { kind == 4 ? span.varint(4) != 0 : nil }
    /// The bytes, where it is bytes.
    public var bytes: RawSpan? {
        @_lifetime(copy self)
        get { kind == 5 ? span.bytes(5) : nil }
    }

    /// Calls `body` with every element, where it is an array.
    public func forEachElement(_ body: (borrowing AttributeView) -> Void) {
        guard kind == 6 else { return }
        var elements = FieldCursor(span.bytes(6), 1)
        while let element = elements.next() { body(AttributeView(element)) }
    }

    /// Calls `body` with every entry, where it is a map; of a name that comes twice, the last one counts.
    public func forEachEntry(_ body: (_ name: RawSpan, _ value: borrowing AttributeView) -> Void) {
        guard kind == 7 else { return }
        Self.forEachEntry(of: span.bytes(7), field: 1, body)
    }

    static func forEachEntry(of span: RawSpan, field: UInt32, _ body: (RawSpan, borrowing AttributeView) -> Void) {
        var entries = FieldCursor(span, field)
        while let entry = entries.next() { body(entry.bytes(1), AttributeView(entry.bytes(2))) }
    }
}
