/// One record's message, checked to its last byte; borrows the record, or the decoder that unpacked it.
public struct Message: ~Escapable {
    /// Which of the nine it is.
    public let kind: MessageKind
    /// Its header; a batch's own names no event.
    public let header: Header
    /// The message of that kind, header included: what the views read.
    public let body: RawSpan

    /// Reads the envelope of a message that is well-formed and in one piece.
    ///
    /// - Throws: ``Poison`` with `schema_error`.
    @_lifetime(copy span)
    init(validated span: RawSpan, _ policy: SchemaPolicy) throws(Poison) {
        var reader = WireReader(span)
        var last: UInt32 = 0
        var body = span.extracting(0..<0)
        while let tag = reader.tag() {
            if tag & 7 == 2, tag >> 3 <= 9, let bytes = reader.bytes() {
                last = tag >> 3
                body = bytes
            } else if !reader.skip(tag, depth: 0) {
                break
            }
        }
        guard let kind = MessageKind(rawValue: UInt8(truncatingIfNeeded: last)) else {
            throw Poison(.schemaError, "the message is empty: none of the nine kinds is there")
        }
        header = try Header(required: body, policy, kind == .eventBatch)
        self.kind = kind
        self.body = body
        guard kind == .eventBatch else { return }
        var events = FieldCursor(body, 2)
        while let event = events.next() { _ = try Header(required: event, policy, false) }
    }

    /// The messages that a thread is made of: itself, or a batch's events.
    @_lifetime(copy self)
    public func units() -> UnitCursor { UnitCursor(self) }
}

/// One message of one thread; borrows its record.
public struct Unit: ~Escapable {
    /// Which of the nine it is, never a batch.
    public let kind: MessageKind
    /// Its own header, by which it is routed.
    public let header: Header
    /// The message of that kind, header included.
    public let body: RawSpan

    @_lifetime(copy header, copy body)
    init(_ kind: MessageKind, _ header: consuming Header, _ body: RawSpan) {
        self.kind = kind
        self.header = header
        self.body = body
    }

    /// A unit that was put away: the bytes of ``body``, header included, of one that a decoder gave.
    @_lifetime(copy body)
    public init(_ kind: MessageKind, validated body: RawSpan) {
        self.init(kind, Header(body.bytes(1)), body)
    }
}

/// The units of a message, in order.
public struct UnitCursor: ~Escapable {
    private let kind: MessageKind
    private let header: Header
    private let body: RawSpan
    private var events: FieldCursor
    private var isDone = false

    @_lifetime(copy message)
    init(_ message: borrowing Message) {
        kind = message.kind
        header = message.header
        body = message.body
        events = FieldCursor(message.body, 2)
    }

    /// The next unit; nil behind the last one.
    @_lifetime(copy self)
    @inline(__always)
    public mutating func next() -> Unit? {
        guard kind == .eventBatch else {
            guard !isDone else { return nil }
            isDone = true
            return Unit(kind, header, body)
        }
        guard let event = events.next() else { return nil }
        return Unit(.event, Header(event.bytes(1)), event)
    }
}

extension Header {
    /// The header of a message that must have one.
    @_lifetime(copy body)
    @inline(__always)
    fileprivate init(required body: RawSpan, _ policy: SchemaPolicy, _ isBatch: Bool) throws(Poison) {
        guard let span = body.singleBytes(1) else { throw Poison(.schemaError, "a message has no header") }
        self.init(span)
        guard policy.accepts(schemaVersion) else {
            throw Poison(
                .schemaError,
                "schema version \(schemaVersion) is not read (version 1, policy \(policy.rawValue))"
            )
        }
        guard isBatch || threadID.byteCount > 0 else { throw Poison(.schemaError, "a message names no thread") }
        guard isBatch || messageID.byteCount > 0 else { throw Poison(.schemaError, "a message has no id") }
    }
}
