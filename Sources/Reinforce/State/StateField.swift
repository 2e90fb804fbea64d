/// One top-level field of a state, as ranges of the arena its canonical text lies in: a snapshot of a state copies these
/// few numbers and no text.
struct StateField: Hashable, Sendable {
    /// The key's own bytes, by which fields are ordered.
    var key: ByteRange
    /// The key as it stands inside a JSON string literal; the same bytes unless something is escaped.
    var name: ByteRange
    /// The value's canonical text.
    var value: ByteRange
    /// The forms that producers hash differ from each other, or from this text: it holds a positive exponent, or a whole
    /// number of more than 64 bits.
    var hasPositiveExponent: Bool
}
