/// A fast 64-bit hash of bytes for look-ups that compare the bytes afterwards. Seeded, so that ids chosen by a stranger
/// cannot be made to collide; never part of any output. (Checkpoints hold values of seed 0: another algorithm is another
/// code version there.)
struct ByteHash {
    var state: UInt64

    init(seed: UInt64) { state = seed ^ 0x9E37_79B9_7F4A_7C15 }

    @inline(__always)
    private mutating func mix(_ word: UInt64) {
        let product = (state ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        state = product.high ^ product.low ^ 0xA076_1D64_78BD_642F
    }

    @inline(__always)
    mutating func combine(_ span: RawSpan) {
        var offset = 0
        let count = span.byteCount
        while offset &+ 8 <= count {
            unsafe mix(span.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
            offset &+= 8
        }
        var rest: UInt64 = 0
        var shift: UInt64 = 0
        while offset < count {
            unsafe rest |= UInt64(span.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)) &<< shift
            shift &+= 8
            offset &+= 1
        }
        mix(rest ^ (UInt64(truncatingIfNeeded: count) &<< 56))
    }

    var value: UInt64 { state ^ (state &>> 32) }
}

extension RawSpan {
    /// Whether both hold the same bytes.
    @inline(__always)
    func hasSameBytes(as other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        return unsafe withUnsafeBytes { a in unsafe other.withUnsafeBytes { b in unsafe a.elementsEqualFast(b) } }
    }
}

extension UnsafeRawBufferPointer {
    @inline(__always)
    fileprivate func elementsEqualFast(_ other: UnsafeRawBufferPointer) -> Bool {
        var i = 0
        let n = count
        while i &+ 8 <= n {
            let a = unsafe loadUnaligned(fromByteOffset: i, as: UInt64.self)
            let b = unsafe other.loadUnaligned(fromByteOffset: i, as: UInt64.self)
            if a != b { return false }
            i &+= 8
        }
        while i < n {
            if unsafe self[i] != other[i] { return false }
            i &+= 1
        }
        return true
    }
}
