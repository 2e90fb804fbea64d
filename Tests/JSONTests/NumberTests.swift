import JSON
import TestSupport
import Testing

/// When two numbers are equal: by RFC 6902 for `test`, exactly for whole numbers of any size.
@Suite struct NumberTests {
    private func value(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }

    @Test(arguments: [
        ("1", "1.0"), ("1.0", "1"), ("100", "1e2"), ("[0]", "[-0.0]"),
        (#"{"a":[1,{"b":2}]}"#, #"{"a":[1.0,{"b":2e0}]}"#),
        ("18446744073709551615", "18446744073709551615"), ("100000000000000000000", "1e20"),
        ("-9223372036854775808", "-9223372036854775808.0"), ("36893488147419103232", "36893488147419103232.0"),
        ("36893488147419103232", "3.6893488147419103e19"), ("0", "-0"), ("1e400000000", "1e400000000"),
    ])
    func numbersAreEqualByTheirValue(_ a: String, _ b: String) throws {
        guard a != "1e400000000" else {
            #expect(throws: JSONError.self) { try value(a) }
            return
        }
        #expect(try value(a).isNumericallyEqual(to: value(b)))
        #expect(try value(b).isNumericallyEqual(to: value(a)))
        let test = try JSONPatch(value(#"[{"op":"test","path":"/a","value":\#(b)}]"#))
        var document = try value(#"{"a":\#(a)}"#)
        try test.apply(to: &document)
    }

    @Test(arguments: [
        ("1", "1.5"), ("1", "true"), ("1", "\"1\""), ("[1]", "[1,1]"), (#"{"a":1}"#, #"{"b":1}"#), ("null", "0"),
        ("9007199254740993", "9007199254740992.0"), ("9223372036854775807", "9223372036854775808.0"),
        ("18446744073709551615", "18446744073709551616.0"), ("100000000000000000001", "1e20"),
        ("100000000000000000001", "100000000000000000000"), ("-100000000000000000001", "-1e20"),
        ("18446744073709551616", "18446744073709551617"),
    ])
    func otherNumbersAreNot(_ a: String, _ b: String) throws {
        #expect(try !value(a).isNumericallyEqual(to: value(b)))
        #expect(try !value(b).isNumericallyEqual(to: value(a)))
        #expect(try value(a) != value(b))
    }

    @Test func everyWholeDoubleEqualsItsDigits() throws {
        for exponent in stride(from: 64, to: 1024, by: 7) {
            let double = JSONValue.double(Double(sign: .minus, exponent: exponent, significand: 1.3).rounded())
            guard case .double(let number) = double else { continue }
            // the shortest digits of a double are not all of its digits
            let digits = exact(number)
            #expect(try double.isNumericallyEqual(to: value(digits)), "2^\(exponent)")
            let other = String(digits.dropLast()) + (digits.last == "1" ? "2" : "1")
            #expect(try !double.isNumericallyEqual(to: value(other)), "2^\(exponent)")
        }
    }

    /// Schoolbook: the significand doubled digit by digit.
    private func exact(_ number: Double) -> String {
        var digits = String(number.significandBitPattern | 1 << 52).compactMap(\.wholeNumberValue)
        for _ in 0..<(Int(number.exponent) - 52) {
            var carry = 0
            for at in digits.indices.reversed() {
                let doubled = digits[at] * 2 + carry
                digits[at] = doubled % 10
                carry = doubled / 10
            }
            if carry > 0 { digits.insert(carry, at: 0) }
        }
        return (number < 0 ? "-" : "") + digits.map(String.init).joined()
    }

    @Test(arguments: ["18446744073709551616", "-9223372036854775809", "123456789012345678901234567890"])
    func noDigitIsLost(_ text: String) throws {
        let large = try value(text)
        #expect(large == .large(Text(text)))
        #expect(large.exactText == text)
        // what producers hash holds a double in its place
        #expect(large.canonicalText == JSONValue.double(Double(text) ?? 0).canonicalText)
        var exact: [UInt8] = []
        let found = try unsafe appendCanonical(of: Array(text.utf8).span.bytes, to: &exact, isExact: true)
        #expect(exact == Array(text.utf8))
        #expect(found.hasPositiveExponent)
    }

    @Test func theHashedFormHasDoublesAndEitherExponent() throws {
        let text =
            #"{"a":[18446744073709551616,-1.5e300],"b":"18446744073709551616 1e5","c":1e-7,"d":18446744073709551615}"#
        let bytes = Array(text.utf8)
        for (form, plus) in [(ExponentForm.unsigned, ""), (.signed, "+")] {
            var hashed: [UInt8] = []
            unsafe appendHashedForm(of: bytes.span.bytes, form, to: &hashed)
            #expect(
                String(decoding: hashed, as: UTF8.self)
                    == #"{"a":[1.8446744073709552e\#(plus)19,-1.5e\#(plus)300],"b":"18446744073709551616 1e5","c":1e-7,"#
                    + #""d":18446744073709551615}"#
            )
            var written: [UInt8] = []
            try value(text).writeCanonical(to: &written, exponents: form)
            #expect(written == hashed)
        }
        #expect(unsafe hasSeveralForms(bytes.span.bytes))
        #expect(unsafe !hasSeveralForms(Array(#"["1e5",1,2.5,1e-9,true,18446744073709551615]"#.utf8).span.bytes))
    }
}
