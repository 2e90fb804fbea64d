/// Measurements; borrows its message.
public struct MetricsView: ~Escapable {
    let span: RawSpan

    /// Reads a message that a decoder has passed, with its header or without.
    @_lifetime(copy span)
    @inline(__always)
    public init(validated span: RawSpan) { self.span = span }

    /// What was measured.
    public var scope: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(2) }
    }
    /// Which one; the thread, for quality metrics.
    public var scopeID: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(3) }
    }

    /// Calls `body` with every metric, as it was written.
    public func forEachMetric(_ body: (borrowing MetricEntryView) -> Void) {
        var cursor = FieldCursor(span, 4)
        while let inner = cursor.next() { body(MetricEntryView(validated: inner)) }
    }

    /// Calls `body` with every tag, as it was written.
    public func forEachTag(_ body: (_ name: RawSpan, _ value: RawSpan) -> Void) {
        var entries = FieldCursor(span, 5)
        while let entry = entries.next() { body(entry.bytes(1), entry.bytes(2)) }
    }
}

/// A metric by name; borrows its message.
public struct MetricEntryView: ~Escapable {
    let span: RawSpan

    /// Reads a message that a decoder has passed, with its header or without.
    @_lifetime(copy span)
    @inline(__always)
    public init(validated span: RawSpan) { self.span = span }

    /// Its name.
    public var name: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(1) }
    }
    /// Which kind of value is set: 1 integer, 2 float, 3 string, 4 boolean, 5 bytes; 0: none.
    public var kind: UInt32 {
        var reader = WireReader(value)
        var kind: UInt32 = 0
        while let tag = reader.tag() {
            if tag >> 3 <= 5, WireType.metricValue.matches(tag) { kind = tag >> 3 }
            guard reader.skip(tag, depth: 0) else { break }
        }
        return kind
    }
    /// The number, where it is an integer.
    public var integer: Int64? { kind == 1 ? Int64(bitPattern: value.varint(1)) : nil }
    /// The number, where it is a float.
    public var float: Double? { kind == 2 ? Double(bitPattern: value.optionalFixed64(2) ?? 0) : nil }
    /// UTF-8, where it is a string.
    public var string: RawSpan? {
        @_lifetime(copy self)
        get { kind == 3 ? value.bytes(3) : nil }
    }
    /// The truth, where it is a boolean.
    public var boolean: Bool? { kind == 4 ? value.varint(4) != 0 : nil }
    /// The bytes, where it is bytes.
    public var bytes: RawSpan? {
        @_lifetime(copy self)
        get { kind == 5 ? value.bytes(5) : nil }
    }
    /// Its unit.
    public var unit: RawSpan {
        @_lifetime(copy self)
        get { value.bytes(6) }
    }
    /// What it is (`MetricType`).
    public var type: Int32 { Int32(wire: value.varint(7)) }

    private var value: RawSpan {
        @_lifetime(copy self)
        get { span.bytes(2) }
    }
}
