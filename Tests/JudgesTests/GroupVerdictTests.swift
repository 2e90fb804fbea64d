import JSON
import Testing

@testable import Judges

@Suite("What an answer about a whole group may be")
struct GroupVerdictTests {
    private func outcome(_ text: String, _ members: [String] = ["a", "b"]) throws -> TryOutcome {
        let verdict = try Verdict.parse(Array(text.utf8)).verdict
        return TryOutcome.said(verdict).checked(
            for: JudgeRequest(body: Array("{}".utf8), idempotencyKey: "", members: members)
        )
    }

    private func known(_ text: String) throws -> [String: Double]? {
        guard case .said(let verdict) = try outcome(text) else { return nil }
        return verdict.known
    }

    @Test("Values by thread, or a list in order; null is none")
    func values() throws {
        #expect(try known(#"{"id":"q","values":{"a":1,"b":0.5}}"#) == ["a": 1, "b": 0.5])
        #expect(try known(#"{"id":"q","values":{"b":null,"a":2}}"#) == ["a": 2])
        #expect(try known(#"{"id":"q","rewards":[3,null]}"#) == ["a": 3])
        #expect(try known(#"{"id":"q","values":{},"status":"ok"}"#) == [:])
        #expect(try known(#"{"id":"q","reward":null}"#) == [:], "the judge has nothing to say")
        guard case .said(let failed) = try outcome(#"{"id":"q","reward":null,"status":"error"}"#) else {
            Issue.record("a judge may say that it failed")
            return
        }
        #expect(failed.status == .error)
        #expect(try Verdict.parse(Array(#"{"values":{"a":1}}"#.utf8)).verdict.status == .ok)
        #expect(try Verdict.parse(Array(#"{"values":{"a":null}}"#.utf8)).verdict.status == .none)
    }

    @Test(
        "An answer to another question is none, and says why",
        arguments: [
            (#"{"id":"q","reward":1}"#, "single `reward`"), (#"{"id":"q","rewards":[1]}"#, "1 `rewards` for 2"),
            (#"{"id":"q","values":{"c":1}}"#, "`c`"),
        ]
    )
    func mismatches(_ text: String, _ reason: String) throws {
        guard case .failed(let failure) = try outcome(text) else {
            Issue.record("it was taken")
            return
        }
        #expect(failure.kind == .garbage)
        #expect(failure.message.contains(reason))
    }

    @Test(
        "Values that are none are garbage",
        arguments: [
            #"{"id":"q","values":[1]}"#, #"{"id":"q","values":{"a":"1"}}"#, #"{"id":"q","rewards":{"a":1}}"#,
            #"{"id":"q","rewards":[true]}"#,
        ]
    )
    func garbage(_ text: String) {
        let failure = #expect(throws: TryFailure.self) { try Verdict.parse(Array(text.utf8)) }
        #expect(failure?.kind == .garbage)
    }

    @Test("One about several is no answer about one rollout")
    func single() throws {
        guard case .failed(let failure) = try outcome(#"{"id":"q","values":{"a":1}}"#, []) else {
            Issue.record("it was taken")
            return
        }
        #expect(failure.message.contains("asked about one"))
    }

    @Test("A model is shown every completion, numbered, and a list of its numbers is read and scaled")
    func chat() throws {
        let template = try ChatTemplate("{{prompt}} / {{example.q}}:\n{{completions}}")
        let group = """
            {"example":{"data":{"q":"why"}},"rollouts":[
            {"calls":[{"prompt":[{"role":"user","content":"hi"}],"completion":{"content":"one"}}]},
            {"samples":[{"prompt":[],"completion":"two"}]}]}
            """
        #expect(template.render(try JSONValue(parsing: Array(group.utf8))) == "hi / why:\n[1]\none\n\n[2]\ntwo")
        let reader = try ScoreReader("/scores", range: 0...10)
        #expect(try reader.scores(#"{"scores":[5,null,10]}"#) == [0.5, nil, 1])
        for text in ["5", #"{"scores":5}"#, #"{"scores":["5"]}"#, #"{"scores":[11]}"#] {
            #expect(throws: TryFailure.self) { try reader.scores(text) }
        }
    }
}
