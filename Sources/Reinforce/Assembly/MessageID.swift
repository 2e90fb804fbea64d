/// A message id as a few numbers: of at most 16 bytes, which is what producers write, the bytes themselves; of a longer one
/// 128 bits of its SHA-256, which nobody can make another id have.
struct MessageID: Hashable, Sendable {
    let low: UInt64
    let high: UInt64
    /// Its bytes; 255: more than 16.
    let count: UInt8

    /// What another one held.
    init(low: UInt64, high: UInt64, count: UInt8) {
        self.low = low
        self.high = high
        self.count = count
    }

    init(_ id: RawSpan, _ sha: SHA256) {
        guard id.byteCount > 16 else {
            low = Self.word(id, 0)
            high = Self.word(id, 8)
            count = UInt8(truncatingIfNeeded: id.byteCount)
            return
        }
        let digest = sha.hash(id)
        low = unsafe Self.word(digest.span.bytes, 0)
        high = unsafe Self.word(digest.span.bytes, 8)
        count = 255
    }

    /// Up to eight bytes from `start`, little endian.
    private static func word(_ bytes: RawSpan, _ start: Int) -> UInt64 {
        if start &+ 8 <= bytes.byteCount {
            return unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self))
        }
        var word: UInt64 = 0
        for at in start..<max(start, min(start + 8, bytes.byteCount)) {
            word |= UInt64(bytes.byte(at)) &<< UInt64(8 &* (at &- start))
        }
        return word
    }
}
