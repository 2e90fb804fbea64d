import JSON
import Testing

/// What is not JSON is refused with the byte where it stops being JSON.
@Suite struct ParserTests {
    private func problem(_ text: [UInt8], _ limits: JSONLimits = JSONLimits()) -> JSONError? {
        do {
            _ = try JSONValue(parsing: text, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "", " ", "{", "[1,", "[1,]", "{\"a\":1,}", "{\"a\" 1}", "01", "1.", ".5", "1e", "+1", "tru", "nul", "NaN",
        "Infinity",
        "\"abc", "\"\\x\"", "\"\\u12\"", "\"a\nb\"", "1 2", "{a:1}", "'a'", "[1 2]", "\u{FEFF}1", "1e999", "-",
    ])
    func malformedTextIsRefused(_ text: String) { #expect(problem(Array(text.utf8)) != nil) }

    @Test func loneSurrogatesAndBadUTF8AreRefusedWithTheirByte() {
        #expect(problem(Array("[\"\\ud800\"]".utf8))?.byte == 2)
        #expect(problem(Array("[\"\\udc00\"]".utf8))?.byte == 2)
        #expect(problem([0x22, 0x61, 0xFF, 0x22])?.byte == 2)
        #expect(problem([0x22, 0xED, 0xA0, 0x80, 0x22])?.byte == 1)
    }

    @Test func surrogatePairsAndEscapesAreRead() throws {
        let value = try JSONValue(parsing: Array(#""\ud83d\ude00\n\u0041\/""#.utf8))
        #expect(value == .string("😀\nA/"))
    }

    @Test func depthIsBounded() {
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        #expect(problem(Array(deep.utf8)) != nil)
        let allowed = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(problem(Array(allowed.utf8)) == nil)
    }

    @Test func sizeIsBounded() {
        var limits = JSONLimits()
        limits.maxBytes = 10
        #expect(problem(Array("\"0123456789\"".utf8), limits) != nil)
    }

    @Test func ofDuplicateKeysTheLastCountsUnlessTheyAreRefused() throws {
        let text = Array(#"{"a":1,"a":2}"#.utf8)
        #expect(try JSONValue(parsing: text)["a"] == .integer(2))
        #expect(problem(text, JSONLimits(duplicateKeys: .reject)) != nil)
    }

    @Test func integersAndDoublesAreKeptApart() throws {
        #expect(try JSONValue(parsing: Array("1".utf8)) != JSONValue(parsing: Array("1.0".utf8)))
        #expect(try JSONValue(parsing: Array("9007199254740993".utf8)) == .integer(9_007_199_254_740_993))
        #expect(try JSONValue(parsing: Array("18446744073709551615".utf8)) == .unsigned(.max))
        #expect(try JSONValue(parsing: Array("5e-324".utf8)) == .double(5e-324))
    }
}
