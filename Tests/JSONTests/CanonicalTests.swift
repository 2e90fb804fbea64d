import JSON
import TestSupport
import Testing

/// The canonical form against the original library's own output.
@Suite struct CanonicalTests {
    @Test func everyVectorIsReproduced() throws {
        let vectors = try Fixture.json("golden/canonical_json.json")["vectors"]?.list ?? []
        try #require(!vectors.isEmpty)
        for line in vectors {
            let input = try #require(line["json"]?.text)
            #expect(try JSONValue(parsing: Array(input.utf8)).canonicalText == line["canonical"]?.text)
        }
    }

    /// Producers of one library version write positive exponents with a sign.
    @Test func theSignedFormDiffersInPositiveExponentsOnly() throws {
        let value = try JSONValue(parsing: Array(#"{"a":1e16,"b":1.5e300,"c":1e-7,"d":"1e16","e":100.0}"#.utf8))
        var bytes: [UInt8] = []
        value.writeCanonical(to: &bytes, exponents: .signed)
        #expect(String(decoding: bytes, as: UTF8.self) == #"{"a":1e+16,"b":1.5e+300,"c":1e-7,"d":"1e16","e":100.0}"#)
    }

    @Test(arguments: ["0", "-0", "9223372036854775807", "-9223372036854775808", "18446744073709551615"])
    func wholeNumbersSurvive(_ text: String) throws {
        let expected = text == "-0" ? "-0.0" : text
        #expect(try JSONValue(parsing: Array(text.utf8)).canonicalText == expected)
    }

    @Test func keysAreOrderedByBytesAndComparedByBytes() throws {
        // the same letter composed and decomposed: equal as text, different as keys
        let value = try JSONValue(parsing: Array("{\"\u{e9}\":1,\"e\u{301}\":2,\"z\":3}".utf8))
        #expect(value.canonicalText == "{\"e\u{301}\":2,\"z\":3,\"\u{e9}\":1}")
    }
}
