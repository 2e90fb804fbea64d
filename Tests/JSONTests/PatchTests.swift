import JSON
import Testing

/// RFC 6902 and RFC 6901, with the examples of their appendices.
@Suite struct PatchTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let document: String
        let patch: String
        /// nil: the patch fails and the document stays.
        let result: String?
        var testDescription: String { patch }
    }

    static let cases = [
        Case(
            document: #"{"foo":"bar"}"#,
            patch: #"[{"op":"add","path":"/baz","value":"qux"}]"#,
            result: #"{"baz":"qux","foo":"bar"}"#
        ),
        Case(
            document: #"{"foo":["bar","baz"]}"#,
            patch: #"[{"op":"add","path":"/foo/1","value":"qux"}]"#,
            result: #"{"foo":["bar","qux","baz"]}"#
        ),
        Case(
            document: #"{"baz":"qux","foo":"bar"}"#,
            patch: #"[{"op":"remove","path":"/baz"}]"#,
            result: #"{"foo":"bar"}"#
        ),
        Case(
            document: #"{"foo":["bar","qux","baz"]}"#,
            patch: #"[{"op":"remove","path":"/foo/1"}]"#,
            result: #"{"foo":["bar","baz"]}"#
        ),
        Case(
            document: #"{"baz":"qux"}"#,
            patch: #"[{"op":"replace","path":"/baz","value":"boo"}]"#,
            result: #"{"baz":"boo"}"#
        ),
        Case(
            document: #"{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}"#,
            patch: #"[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]"#,
            result: #"{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}"#
        ),
        Case(
            document: #"{"foo":["all","grass","cows","eat"]}"#,
            patch: #"[{"op":"move","from":"/foo/1","path":"/foo/3"}]"#,
            result: #"{"foo":["all","cows","eat","grass"]}"#
        ),
        Case(
            document: #"{"baz":"qux","foo":["a",2,"c"]}"#,
            patch: #"[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]"#,
            result: #"{"baz":"qux","foo":["a",2,"c"]}"#
        ),
        Case(document: #"{"baz":"qux"}"#, patch: #"[{"op":"test","path":"/baz","value":"bar"}]"#, result: nil),
        Case(
            document: #"{"foo":"bar"}"#,
            patch: #"[{"op":"add","path":"/child","value":{"grandchild":{}}}]"#,
            result: #"{"child":{"grandchild":{}},"foo":"bar"}"#
        ),
        Case(document: #"{"foo":"bar"}"#, patch: #"[{"op":"add","path":"/baz/bat","value":"qux"}]"#, result: nil),
        Case(
            document: #"{"/":9,"~1":10}"#,
            patch: #"[{"op":"test","path":"/~01","value":10}]"#,
            result: #"{"/":9,"~1":10}"#
        ),
        Case(document: #"{"/":9,"~1":10}"#, patch: #"[{"op":"test","path":"/~01","value":"10"}]"#, result: nil),
        Case(
            document: #"{"foo":["bar"]}"#,
            patch: #"[{"op":"add","path":"/foo/-","value":["abc","def"]}]"#,
            result: #"{"foo":["bar",["abc","def"]]}"#
        ),
        Case(document: #"{"a":1}"#, patch: #"[{"op":"copy","from":"/a","path":"/b"}]"#, result: #"{"a":1,"b":1}"#),
        Case(document: #"{"a":1}"#, patch: #"[{"op":"replace","path":"","value":[1]}]"#, result: "[1]"),
        Case(document: #"{"a":[1]}"#, patch: #"[{"op":"add","path":"/a/2","value":0}]"#, result: nil),
        Case(document: #"{"a":[1]}"#, patch: #"[{"op":"add","path":"/a/01","value":0}]"#, result: nil),
        Case(document: #"{"a":1}"#, patch: #"[{"op":"remove","path":"/b"}]"#, result: nil),
        Case(document: #"{"a":{"b":1}}"#, patch: #"[{"op":"move","from":"/a","path":"/a/b"}]"#, result: nil),
        Case(
            document: #"{"a":1}"#,
            patch: #"[{"op":"replace","path":"/a","value":2},{"op":"remove","path":"/x"}]"#,
            result: nil
        ),
    ]

    @Test(arguments: cases)
    func examples(_ example: Case) throws {
        let patch = try JSONPatch(JSONValue(parsing: Array(example.patch.utf8)))
        var document = try JSONValue(parsing: Array(example.document.utf8))
        let before = document
        if let result = example.result {
            try patch.apply(to: &document)
            #expect(document.canonicalText == result)
        } else {
            #expect(throws: JSONPatchError.self) { try patch.apply(to: &document) }
            #expect(document == before)
        }
    }

    @Test func pointersOfTheRFC() throws {
        let text = ##"{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}"##
        let document = try JSONValue(parsing: Array(text.utf8))
        for (pointer, value) in [
            ("/", 0), ("/a~1b", 1), ("/c%d", 2), ("/e^f", 3), ("/g|h", 4), ("/i\\j", 5), ("/k\"l", 6), ("/ ", 7),
            ("/m~0n", 8),
        ] {
            #expect(try JSONPointer(Text(pointer)).evaluate(document) == .integer(Int64(value)))
        }
        #expect(try JSONPointer("/foo/0").evaluate(document) == .string("bar"))
        #expect(try JSONPointer("").evaluate(document) == document)
        #expect(try JSONPointer("/foo/9").evaluate(document) == nil)
        #expect(throws: (any Error).self) { try JSONPointer("foo") }
    }
}
