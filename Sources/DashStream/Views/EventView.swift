/// Something that happened in a graph; borrows its message. Its fields are found in one walk, its attributes when asked for.
public struct EventView: ~Escapable {
    let span: RawSpan
    /// What happened (`EventType`).
    public private(set) var eventType: Int32 = 0
    /// How long it took, microseconds.
    public private(set) var durationMicroseconds: Int64 = 0
    /// The node; empty for events of the graph.
    public private(set) var nodeID: RawSpan
    /// The model call it belongs to.
    public private(set) var llmRequestID: RawSpan

    /// Reads a message that a decoder has passed, with its header or without.
    @_lifetime(copy span)
    public init(validated span: RawSpan) {
        self.span = span
        let none = span.extracting(0..<0)
        nodeID = none
        llmRequestID = none
        var reader = WireReader(span)
        while let tag = reader.tag() {
            switch tag {
            case 0x10: eventType = Int32(wire: reader.varint() ?? 0)
            case 0x1A: if let id = reader.bytes() { nodeID = id }
            case 0x28: durationMicroseconds = Int64(bitPattern: reader.varint() ?? 0)
            case 0x32: if let id = reader.bytes() { llmRequestID = id }
            default: guard reader.skip(tag, depth: 0) else { return }
            }
        }
    }

    /// The attribute of that name; nil where there is none.
    @_lifetime(copy self)
    public func attribute(named name: StaticString) -> AttributeView? {
        var entries = FieldCursor(span, 4)
        var found: RawSpan?
        while let span = entries.next() {
            let entry = MapEntry(span)
            // of a name that comes twice the last one counts
            if entry.name.holds(name) { found = entry.value }
        }
        guard let found else { return nil }
        return AttributeView(found)
    }

    /// Calls `body` with every attribute as it was written; of a name that comes twice, the last one counts.
    public func forEachAttribute(_ body: (_ name: RawSpan, _ value: borrowing AttributeView) -> Void) {
        AttributeView.forEachEntry(of: span, field: 4, body)
    }
}

/// An attribute's value: exactly one of its kinds, or none; borrows its message.
public struct AttributeView: ~Escapable {
    /// Which kind is set: 1 string, 2 integer, 3 float, 4 boolean, 5 bytes, 6 array, 7 map; 0: none.
    public private(set) var kind: UInt32 = 0
    /// What it holds, of a kind that is bytes or a message.
    private var content: RawSpan
    /// The bits it holds, of a kind that is a number or a truth.
    private var bits: UInt64 = 0

    @_lifetime(copy span)
    init(_ span: RawSpan) {
        content = span.extracting(0..<0)
        var reader = WireReader(span)
        while let tag = reader.tag() {
            switch tag {
            case 0x0A, 0x2A, 0x32, 0x3A:
                guard let bytes = reader.bytes() else { return }
                content = bytes
            case 0x10, 0x20: bits = reader.varint() ?? 0
            case 0x19: bits = reader.fixed64() ?? 0
            default:
                guard reader.skip(tag, depth: 0) else { return }
                continue
            }
            kind = tag >> 3
        }
    }

    /// UTF-8, where it is a string.
    public var string: RawSpan? {
        @_lifetime(copy self)
        get { kind == 1 ? content : nil }
    }
    /// The number, where it is an integer.
    public var integer: Int64? { kind == 2 ? Int64(bitPattern: bits) : nil }
    /// The number, where it is a float.
    public var float: Double? { kind == 3 ? Double(bitPattern: bits) : nil }
    /// The truth, where it is a boolean.
    public var boolean: Bool? { kind == 4 ? bits != 0 : nil }
    /// The bytes, where it is bytes.
    public var bytes: RawSpan? {
        @_lifetime(copy self)
        get { kind == 5 ? content : nil }
    }

    /// Calls `body` with every element, where it is an array.
    public func forEachElement(_ body: (borrowing AttributeView) -> Void) {
        guard kind == 6 else { return }
        var elements = FieldCursor(content, 1)
        while let element = elements.next() { body(AttributeView(element)) }
    }

    /// Calls `body` with every entry, where it is a map; of a name that comes twice, the last one counts.
    public func forEachEntry(_ body: (_ name: RawSpan, _ value: borrowing AttributeView) -> Void) {
        guard kind == 7 else { return }
        Self.forEachEntry(of: content, field: 1, body)
    }

    static func forEachEntry(of span: RawSpan, field: UInt32, _ body: (RawSpan, borrowing AttributeView) -> Void) {
        var entries = FieldCursor(span, field)
        while let span = entries.next() {
            let entry = MapEntry(span)
            body(entry.name, AttributeView(entry.value))
        }
    }
}
