/// The two forms of canonical text that are alive: they differ in positive exponents only.
public enum ExponentForm: Sendable, Hashable {
    /// `1e16`
    case unsigned
    /// `1e+16`
    case signed
}

extension JSONValue {
    /// Appends the canonical text, as producers hash it: keys sorted by bytes, no spaces, integers as they are, doubles in
    /// shortest form, and so are whole numbers of more than 64 bits.
    public func writeCanonical(to bytes: inout [UInt8], exponents: ExponentForm = .unsigned) {
        write(to: &bytes, exponents, isExact: false)
    }

    /// Appends the canonical text in which whole numbers of more than 64 bits keep their digits.
    public func writeExact(to bytes: inout [UInt8]) { write(to: &bytes, .unsigned, isExact: true) }

    private func write(to bytes: inout [UInt8], _ exponents: ExponentForm, isExact: Bool) {
        switch self {
        case .null: bytes.append("null")
        case .bool(let value): bytes.append(value ? "true" : "false")
        case .integer(let value): bytes.append(decimal: value)
        case .unsigned(let value): bytes.append(decimal: value)
        case .large(let digits):
            if !isExact, let value = Double(digits.string) { return appendShortest(value, exponents, to: &bytes) }
            bytes.append(contentsOf: digits.utf8)
        case .double(let value): appendShortest(value, exponents, to: &bytes)
        case .string(let text): appendLiteral(text, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.write(to: &bytes, exponents, isExact: isExact)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            bytes.append(UInt8(ascii: "{"))
            for (index, entry) in object.entries.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                appendLiteral(entry.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                entry.value.write(to: &bytes, exponents, isExact: isExact)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// The canonical text's bytes, unsigned exponents.
    public var canonicalBytes: [UInt8] {
        var bytes: [UInt8] = []
        writeCanonical(to: &bytes)
        return bytes
    }

    /// The bytes of the canonical text in which whole numbers of more than 64 bits keep their digits.
    public var exactBytes: [UInt8] {
        var bytes: [UInt8] = []
        writeExact(to: &bytes)
        return bytes
    }

    /// The canonical text in which whole numbers of more than 64 bits keep their digits.
    public var exactText: String { String(decoding: exactBytes, as: UTF8.self) }

    /// The canonical text, unsigned exponents.
    public var canonicalText: String { String(decoding: canonicalBytes, as: UTF8.self) }
}

/// Appends a text as a canonical string literal.
func appendLiteral(_ text: Text, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    text.withBytes { appendEscaped($0, to: &bytes) }
    bytes.append(UInt8(ascii: "\""))
}

/// Appends a finite double in the shortest form that reads back as the same value, laid out as serde_json does.
func appendShortest(_ value: Double, _ exponents: ExponentForm, to bytes: inout [UInt8]) {
    if value.sign == .minus { bytes.append(UInt8(ascii: "-")) }
    // whole numbers that a double holds exactly are their own shortest digits
    if value.magnitude < 0x1p53, let whole = UInt64(exactly: value.magnitude) {
        bytes.append(decimal: whole)
        return bytes.append(".0")
    }
    // the standard library finds the shortest digits; only their layout differs, and without an exponent not even that
    let text = Text(value.magnitude.description)
    let isPlain = value.magnitude < 1e16 && !text.utf8.contains(UInt8(ascii: "e"))
    if isPlain { bytes.append(contentsOf: text.utf8) } else { appendLaidOut(text, exponents, to: &bytes) }
}

/// Lays out anew what the standard library writes with an exponent.
private func appendLaidOut(_ text: Text, _ exponents: ExponentForm, to bytes: inout [UInt8]) {
    var digits: [UInt8] = []
    var point: Int?
    var exponent = 0
    var inExponent = false
    var negative = false
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "."): point = digits.count
        case UInt8(ascii: "e"): inExponent = true
        case UInt8(ascii: "-"): negative = true
        case UInt8(ascii: "+"): break
        default: if inExponent { exponent = exponent * 10 + Int(byte - 0x30) } else { digits.append(byte) }
        }
    }
    if negative { exponent = -exponent }
    var position = (point ?? digits.count) + exponent
    let zeros = digits.prefix { $0 == 0x30 }.count
    digits.removeFirst(zeros)
    position -= zeros
    while digits.count > 1, digits.last == 0x30 { digits.removeLast() }
    append(digits, position, exponents, to: &bytes)
}

/// Lays digits out whose decimal point stands behind `position` of them.
private func append(_ digits: [UInt8], _ position: Int, _ exponents: ExponentForm, to bytes: inout [UInt8]) {
    if position >= digits.count, position <= 16 {
        bytes.append(contentsOf: digits)
        for _ in digits.count..<position { bytes.append(0x30) }
        bytes.append(".0")
    } else if position > 0, position <= 16 {
        bytes.append(contentsOf: digits[..<position])
        bytes.append(UInt8(ascii: "."))
        bytes.append(contentsOf: digits[position...])
    } else if position > -5, position <= 0 {
        bytes.append("0.")
        for _ in position..<0 { bytes.append(0x30) }
        bytes.append(contentsOf: digits)
    } else {
        bytes.append(digits[0])
        if digits.count > 1 {
            bytes.append(UInt8(ascii: "."))
            bytes.append(contentsOf: digits[1...])
        }
        bytes.append(UInt8(ascii: "e"))
        if exponents == .signed, position > 0 { bytes.append(UInt8(ascii: "+")) }
        bytes.append(decimal: Int64(position - 1))
    }
}
