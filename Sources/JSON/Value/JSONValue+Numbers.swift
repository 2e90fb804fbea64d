extension JSONValue {
    /// The number, of any kind, as a double: the nearest one where it has more digits. Nil for anything else.
    package var asNumber: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .unsigned(let number): Double(number)
        case .large(let digits): Double(digits.string)
        case .double(let number): number
        default: nil
        }
    }

    /// Equality as RFC 6902, section 4.6, has it for `test`: numbers by their value, however they are written
    /// (1, 1.0 and 1e0 are the same, 0 and -0.0 too), everything else as it is. Whole numbers of any size are compared
    /// exactly, never by a rounded double.
    public func isNumericallyEqual(to other: JSONValue) -> Bool {
        switch (self, other) {
        case (.array(let a), .array(let b)):
            return a.count == b.count && zip(a, b).allSatisfy { $0.isNumericallyEqual(to: $1) }
        case (.object(let a), .object(let b)):
            return a.count == b.count
                && zip(a.entries, b.entries).allSatisfy {
                    $0.key == $1.key && $0.value.isNumericallyEqual(to: $1.value)
                }
        case (.double(let number), let whole), (let whole, .double(let number)):
            switch whole {
            case .double(let same): return number == same
            case .integer(let integer): return Int64(exactly: number) == integer
            case .unsigned(let integer): return UInt64(exactly: number) == integer
            case .large(let digits): return Double(digits.string) == number && wholeDigits(number) == digits.string
            default: return false
            }
        default: return self == other
        }
    }
}

/// All digits of a whole double of at least 2^53, with its sign.
private func wholeDigits(_ value: Double) -> String {
    let base: UInt64 = 1_000_000_000_000_000_000
    var limbs = [value.significandBitPattern | 1 << 52]
    for _ in 0..<max(0, Int(value.exponent) - 52) {
        var carry: UInt64 = 0
        for index in limbs.indices {
            let doubled = limbs[index] * 2 + carry
            limbs[index] = doubled % base
            carry = doubled / base
        }
        if carry > 0 { limbs.append(carry) }
    }
    var text = value < 0 ? "-" : ""
    for (place, limb) in limbs.reversed().enumerated() {
        let digits = String(limb)
        text += place == 0 ? digits : String(repeating: "0", count: 18 - digits.count) + digits
    }
    return text
}
