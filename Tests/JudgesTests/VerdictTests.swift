import Testing

@testable import Judges

@Suite("What an answer may be")
struct VerdictTests {
    private func parse(_ text: String) throws(TryFailure) -> (id: String?, verdict: Verdict) {
        try Verdict.parse(Array(text.utf8))
    }

    @Test("A number, null, or a failure of the judge's own")
    func answers() throws {
        #expect(try parse(#"{"id":"q1","reward":0.5}"#).verdict == Verdict(value: 0.5))
        #expect(try parse(#"{"id":"q1","reward":1,"status":"ok"}"#).verdict == Verdict(value: 1))
        #expect(try parse(#"{"id":"q1","reward":null,"explanation":"why"}"#).verdict == Verdict(explanation: "why"))
        let failed = try parse(#"{"id":"q1","reward":null,"status":"error","explanation":"broken"}"#)
        #expect(failed.verdict == Verdict(isError: true, explanation: "broken"))
        #expect(failed.id == "q1")
    }

    @Test(
        "Anything else is no answer, and it says why",
        arguments: [
            ("", "is no JSON"), ("[1]", "is no JSON object"), (#"{"id":1,"reward":1}"#, "`id`"),
            (#"{"id":"q1"}"#, "no `reward`"), (#"{"id":"q1","reward":"1"}"#, "no number"),
            (#"{"id":"q1","reward":true}"#, "no number"), (#"{"id":"q1","reward":NaN}"#, "is no JSON"),
            (#"{"id":"q1","reward":1e999}"#, "answer"),
            (#"{"id":"q1","reward":null,"status":"ok"}"#, "without a reward"),
            (#"{"id":"q1","reward":1,"status":"none"}"#, "with a reward"),
            (#"{"id":"q1","reward":1,"status":"good"}"#, "status"),
            (#"{"id":"q1","reward":1,"explanation":2}"#, "explanation"),
        ]
    )
    func garbage(_ text: String, _ reason: String) {
        let failure = #expect(throws: TryFailure.self) { try parse(text) }
        #expect(failure?.kind == .garbage)
        #expect(failure?.message.contains(reason) == true)
    }
}
