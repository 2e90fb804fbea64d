/// Appends exact canonical text in the form that producers hash: whole numbers of more than 64 bits as doubles, positive
/// exponents with a sign or without; strings stay as they are.
public func appendHashedForm(of exact: RawSpan, _ exponents: ExponentForm, to bytes: inout [UInt8]) {
    var at = 0
    var copied = 0
    while let number = nextNumber(exact, &at) {
        if let value = largeInteger(exact, number) {
            bytes.append(exact.extracting(copied..<number.lowerBound))
            appendShortest(value, exponents, to: &bytes)
            copied = at
        } else if exponents == .signed, let exponent = positiveExponent(exact, number) {
            bytes.append(exact.extracting(copied..<exponent))
            bytes.append(UInt8(ascii: "+"))
            copied = exponent
        }
    }
    bytes.append(exact.extracting(min(copied, exact.byteCount)..<exact.byteCount))
}

/// Whether exact canonical text differs from one of the forms that producers hash.
public func hasSeveralForms(_ exact: RawSpan) -> Bool {
    var at = 0
    while let number = nextNumber(exact, &at) {
        if positiveExponent(exact, number) != nil || largeInteger(exact, number) != nil { return true }
    }
    return false
}

/// The next number at or behind `at`, which moves behind it; nil: there is none. Strings are passed over.
private func nextNumber(_ text: RawSpan, _ at: inout Int) -> Range<Int>? {
    while at < text.byteCount {
        let byte = text.byte(at)
        if byte == UInt8(ascii: "\"") {
            at = endOfString(text, at)
        } else if byte == UInt8(ascii: "-") || byte &- 0x30 < 10 {
            let number = at..<endOfNumber(text, at)
            at = number.upperBound
            return number
        } else {
            at &+= 1
        }
    }
    return nil
}

private func endOfString(_ text: RawSpan, _ quote: Int) -> Int {
    var at = quote &+ 1
    while at < text.byteCount, text.byte(at) != UInt8(ascii: "\"") {
        at &+= text.byte(at) == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(at &+ 1, text.byteCount)
}

private func endOfNumber(_ text: RawSpan, _ start: Int) -> Int {
    var at = start &+ 1
    while at < text.byteCount {
        let byte = text.byte(at)
        guard byte &- 0x30 < 10 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "e") || byte == UInt8(ascii: "-")
        else { break }
        at &+= 1
    }
    return at
}

/// Where the digits of a positive exponent begin; nil where there is none.
private func positiveExponent(_ text: RawSpan, _ number: Range<Int>) -> Int? {
    for at in number where text.byte(at) == UInt8(ascii: "e") {
        return at &+ 1 < number.upperBound && text.byte(at &+ 1) != UInt8(ascii: "-") ? at &+ 1 : nil
    }
    return nil
}

/// The nearest double of a whole number of more than 64 bits; nil of any other number.
private func largeInteger(_ text: RawSpan, _ number: Range<Int>) -> Double? {
    // the shortest that do not fit have nineteen digits
    guard number.count >= 19 else { return nil }
    var digits: [UInt8] = []
    for at in number {
        guard at == number.lowerBound || text.byte(at) &- 0x30 < 10 else { return nil }
        digits.append(text.byte(at))
    }
    let string = String(decoding: digits, as: UTF8.self)
    return Int64(string) == nil && UInt64(string) == nil ? Double(string) : nil
}
