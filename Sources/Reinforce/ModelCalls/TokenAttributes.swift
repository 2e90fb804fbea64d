import DashStream
import JSON

/// Numbers of a token attribute, which may be bytes or an array.
extension AttributeView {
    /// Token ids: u32, little endian, or an array of whole numbers.
    func tokenIDs() throws(Unreadable) -> [UInt32] {
        if let bytes { return try bytes.words() }
        guard kind == 6 else { throw Unreadable() }
        var ids: [UInt32] = []
        var isWhole = true
        forEachElement { element in
            if let id = element.integer.flatMap({ UInt32(exactly: $0) }) { ids.append(id) } else { isWhole = false }
        }
        guard isWhole else { throw Unreadable() }
        return ids
    }

    /// Log probabilities: float32, little endian, or an array of numbers. −∞ is one, NaN and +∞ are none.
    func logprobs() throws(Unreadable) -> [Float] {
        var values: [Float] = []
        if let bytes {
            values = try bytes.words().map { Float(bitPattern: $0) }
        } else {
            guard kind == 6 else { throw Unreadable() }
            var isWhole = true
            forEachElement { element in
                if let value = element.float ?? element.integer.map(Double.init) {
                    values.append(Float(value))
                } else {
                    isWhole = false
                }
            }
            guard isWhole else { throw Unreadable() }
        }
        guard values.allSatisfy(\.isLogprob) else { throw Unreadable() }
        return values
    }

    /// A mask: a byte a token, or an array of 0, 1, true and false.
    func mask() throws(Unreadable) -> [UInt8] {
        var bits: [UInt8] = []
        if let bytes {
            bits.append(bytes)
        } else {
            guard kind == 6 else { throw Unreadable() }
            forEachElement { element in
                let number = element.integer ?? element.boolean.map { $0 ? 1 : 0 }
                bits.append(number.flatMap { UInt8(exactly: $0) } ?? .max)
            }
        }
        guard bits.allSatisfy({ $0 <= 1 }) else { throw Unreadable() }
        return bits
    }
}

extension Float {
    /// A log probability may be −∞, and nothing else that is not finite.
    var isLogprob: Bool { isFinite || self == -.infinity }
}

extension RawSpan {
    /// Words of 32 bits, little endian.
    fileprivate func words() throws(Unreadable) -> [UInt32] {
        guard byteCount % 4 == 0 else { throw Unreadable() }
        var words: [UInt32] = []
        words.reserveCapacity(byteCount / 4)
        for at in stride(from: 0, to: byteCount, by: 4) {
            unsafe words.append(UInt32(littleEndian: unsafeLoadUnaligned(fromByteOffset: at, as: UInt32.self)))
        }
        return words
    }
}
