import Testing

@testable import JSON

/// What operations cost is bounded, whatever they say.
@Suite struct PatchWorkTests {
    private static func patch(_ text: String) throws -> JSONPatch {
        try JSONPatch(JSONValue(parsing: Array(text.utf8)))
    }

    /// Each copy doubles: forty of them would make a million million values.
    @Test func aCopyOfACopyOfACopyEndsAtTheLimit() throws {
        let copies = (0..<40).map { _ in #"{"op":"copy","from":"/a","path":"/a/-"}"# }.joined(separator: ",")
        let patch = try Self.patch("[\(copies)]")
        var document = try JSONValue(parsing: Array(#"{"a":[0]}"#.utf8))
        let before = document
        #expect {
            try patch.apply(to: &document, work: 1 << 20)
        } throws: { error in
            let error = error as? JSONPatchError
            return error?.reason == .tooMuchWork && (error?.index ?? 0) > 8
        }
        #expect(document == before)
    }

    /// An insertion at the front moves everything behind it.
    @Test func insertionsAtTheFrontOfALongArrayEndAtTheLimit() throws {
        var document = JSONValue.array(Array(repeating: .integer(0), count: 100_000))
        let patch = JSONPatch(Array(repeating: .add(try JSONPointer("/0"), .null), count: 1000))
        #expect(throws: JSONPatchError(reason: .tooMuchWork, index: 10)) {
            try patch.apply(to: &document, work: 4_000_000 + 4 * 45)
        }
        let atEnd = JSONPatch(Array(repeating: .add(try JSONPointer("/-"), .null), count: 1000))
        try atEnd.apply(to: &document, work: 0)
    }

    /// Values that are moved below one another, over and over, would become too deep to be written.
    @Test func movesDoNotPileUpDepth() throws {
        let chain = String(repeating: #"{"x":"#, count: 100) + "{}" + String(repeating: "}", count: 100)
        var document = try JSONValue(
            parsing: Array("{\((0..<5).map { "\"c\($0)\":\(chain)" }.joined(separator: ","))}".utf8)
        )
        let end = String(repeating: "/x", count: 100)
        let moves = try Self.patch(
            "["
                + (0..<4).map { #"{"op":"move","from":"/c\#($0)","path":"/c\#($0 + 1)\#(end)/y"}"# }.joined(
                    separator: ","
                )
                + "]"
        )
        #expect(throws: JSONPatchError(reason: .tooDeep, index: 1)) { try moves.apply(to: &document) }
    }

    @Test func aMoveThatFailsLeavesTheValueWhereItWas() throws {
        for (text, path) in [(#"{"a":[1,2,3],"b":0}"#, "/a/1"), (#"{"a":{"x":1,"y":2},"b":0}"#, "/a/x")] {
            var document = try JSONValue(parsing: Array(text.utf8))
            let before = document
            let move = JSONPatchOperation.move(from: try JSONPointer(Text(path)), try JSONPointer("/b/c"))
            #expect(throws: JSONPatchError.self) { try move.apply(to: &document) }
            #expect(document == before)
        }
    }

    @Test func theMeasureGivesUpWhereItIsTooMuch() throws {
        let value = try JSONValue(parsing: Array(#"{"a":[1,"xy",{"b":null}]}"#.utf8))
        let found = try #require(value.measure(limit: 1000))
        #expect(found.cost == 16 + 17 + 16 + 16 + 18 + (16 + 17 + 16))
        #expect(found.depth == 3)
        #expect(value.measure(limit: found.cost) != nil)
        #expect(value.measure(limit: found.cost - 1) == nil)
    }
}
