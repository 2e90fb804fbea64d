/// A number as JSON writes it.
enum ScannedNumber {
    case integer(Int64)
    case unsigned(UInt64)
    /// A whole number of more than 64 bits, and the nearest double: the text is its digits.
    case large(Double)
    /// `isCanonical`: the text is the value's shortest form already.
    case double(Double, isCanonical: Bool)
}

extension Scanner {
    /// Reads the number at `at`.
    mutating func number() throws(JSONError) -> ScannedNumber {
        let start = at
        var negative = false
        if span.byte(at) == UInt8(ascii: "-") {
            negative = true
            at &+= 1
        }
        var mantissa: UInt64 = 0
        var digits = 0
        let whole = at
        try scanDigits(&mantissa, &digits, start)
        if at &- whole > 1, span.byte(whole) == 0x30 { throw JSONError(.badNumber, at: start) }
        let wholeDigits = at &- whole
        let fraction = at
        var exponent = 0
        if at < count, span.byte(at) == UInt8(ascii: ".") {
            at &+= 1
            try scanDigits(&mantissa, &digits, start)
            exponent = -(at &- fraction &- 1)
        }
        let fractionDigits = -exponent
        let hasExponent = at < count && span.byte(at) | 0x20 == UInt8(ascii: "e")
        if hasExponent { exponent = max(-100_000, min(100_000, exponent &+ (try scanExponent(start)))) }
        if fractionDigits == 0, !hasExponent, at == fraction {
            if let value = integer(mantissa, digits, negative) { return value }
            if digits > 0 { return .large(try double(mantissa, digits, exponent, negative, start)) }
        }
        let isCanonical =
            !hasExponent && digits <= 15 && fractionDigits > 0
            && isShortest(wholeDigits, fractionDigits, fraction, mantissa)
        let value = try double(mantissa, digits, exponent, negative, start)
        return .double(value, isCanonical: isCanonical)
    }

    /// `digits` counts those after leading zeros; a mantissa of more than 19 is not exact any more.
    private mutating func scanDigits(_ mantissa: inout UInt64, _ digits: inout Int, _ start: Int) throws(JSONError) {
        let first = at
        while at < count {
            let digit = span.byte(at) &- 0x30
            guard digit < 10 else { break }
            if digits > 0 || digit > 0 { digits &+= 1 }
            if digits <= 19 { mantissa = mantissa &* 10 &+ UInt64(digit) }
            at &+= 1
        }
        guard at > first else { throw JSONError(at < count ? .badNumber : .unexpectedEnd, at: at) }
    }

    private mutating func scanExponent(_ start: Int) throws(JSONError) -> Int {
        at &+= 1
        var negative = false
        if at < count, span.byte(at) == UInt8(ascii: "+") || span.byte(at) == UInt8(ascii: "-") {
            negative = span.byte(at) == UInt8(ascii: "-")
            at &+= 1
        }
        let first = at
        var value = 0
        while at < count, span.byte(at) &- 0x30 < 10 {
            value = min(100_000, value &* 10 &+ Int(span.byte(at) &- 0x30))
            at &+= 1
        }
        guard at > first else { throw JSONError(at < count ? .badNumber : .unexpectedEnd, at: at) }
        return negative ? -value : value
    }

    private func integer(_ mantissa: UInt64, _ digits: Int, _ negative: Bool) -> ScannedNumber? {
        guard digits <= 19 || (digits == 20 && !negative) else { return nil }
        if negative {
            guard mantissa > 0, mantissa <= UInt64(Int64.max) &+ 1 else { return nil }
            return .integer(Int64(truncatingIfNeeded: 0 &- mantissa))
        }
        if digits == 20 {
            // the twentieth digit was not taken in: only the largest numbers of 64 bits have one
            let text = String(decoding: (at &- 20..<at).map { span.byte($0) }, as: UTF8.self)
            return UInt64(text).map { .unsigned($0) }
        }
        return mantissa <= UInt64(Int64.max) ? .integer(Int64(mantissa)) : .unsigned(mantissa)
    }

    /// Whether a text of at most 15 digits without exponent is laid out as the shortest form is.
    private func isShortest(_ whole: Int, _ fraction: Int, _ point: Int, _ mantissa: UInt64) -> Bool {
        if span.byte(at &- 1) == 0x30 { return fraction == 1 && whole <= 15 && (mantissa > 0 || whole == 1) }
        guard whole == 1, span.byte(point &- 1) == 0x30 else { return true }
        // 0.0000ddd is written so up to four zeros
        var zeros = 0
        while span.byte(point &+ 1 &+ zeros) == 0x30 { zeros &+= 1 }
        return zeros <= 4
    }

    private func double(_ mantissa: UInt64, _ digits: Int, _ exponent: Int, _ negative: Bool, _ start: Int)
        throws(JSONError) -> Double
    {
        // exact: both factors are doubles, one rounding
        if digits <= 19, mantissa <= 1 << 53, exponent >= -22, exponent <= 22 {
            let power = powersOfTen[exponent < 0 ? -exponent : exponent]
            let value = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
            return negative ? -value : value
        }
        let text = String(decoding: (start..<at).map { span.byte($0) }, as: UTF8.self)
        guard let value = Double(text), value.isFinite else { throw JSONError(.badNumber, at: start) }
        return value
    }
}

private let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
]
