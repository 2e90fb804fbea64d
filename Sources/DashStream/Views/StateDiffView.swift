/// How the state changed; borrows its message. Its fields are found in one walk.
public struct StateDiffView: ~Escapable {
    let span: RawSpan
    /// The checkpoint it builds on.
    public private(set) var baseCheckpointID: RawSpan
    /// SHA-256 of the canonical state afterwards; empty where none is given.
    public private(set) var stateHash: RawSpan
    /// The whole state as JSON; empty where there are operations.
    public private(set) var fullState: RawSpan

    /// Reads a message that a decoder has passed, with its header or without.
    @_lifetime(copy span)
    public init(validated span: RawSpan) {
        self.span = span
        let none = span.extracting(0..<0)
        baseCheckpointID = none
        stateHash = none
        fullState = none
        var reader = WireReader(span)
        while let tag = reader.tag() {
            switch tag {
            case 0x12: if let id = reader.bytes() { baseCheckpointID = id }
            case 0x22: if let hash = reader.bytes() { stateHash = hash }
            case 0x2A: if let state = reader.bytes() { fullState = state }
            default: guard reader.skip(tag, depth: 0) else { return }
            }
        }
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

/// One RFC 6902 operation; borrows its message. Its fields are found in one walk.
public struct DiffOperationView: ~Escapable {
    /// What to do (`OpType`).
    public private(set) var op: Int32 = 0
    /// Where (RFC 6901).
    public private(set) var path: RawSpan
    /// The value as JSON; empty means null.
    public private(set) var value: RawSpan
    /// From where, for move and copy.
    public private(set) var from: RawSpan
    /// How the value is written (`ValueEncoding`); 0 is JSON.
    public private(set) var encoding: Int32 = 0

    /// Reads a message that a decoder has passed, with its header or without.
    @_lifetime(copy span)
    public init(validated span: RawSpan) {
        let none = span.extracting(0..<0)
        path = none
        value = none
        from = none
        var reader = WireReader(span)
        while let tag = reader.tag() {
            switch tag {
            case 0x08: op = Int32(wire: reader.varint() ?? 0)
            case 0x12: if let bytes = reader.bytes() { path = bytes }
            case 0x1A: if let bytes = reader.bytes() { value = bytes }
            case 0x22: if let bytes = reader.bytes() { from = bytes }
            case 0x28: encoding = Int32(wire: reader.varint() ?? 0)
            default: guard reader.skip(tag, depth: 0) else { return }
            }
        }
    }
}
