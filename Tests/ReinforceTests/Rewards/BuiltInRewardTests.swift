import JSON
import Testing

@testable import Reinforce

@Suite("Built-in rewards over a rollout")
struct BuiltInRewardTests {
    private func pointer(_ text: Text) throws -> JSONPointer { try JSONPointer(text) }

    @Test("Without a pointer every label is compared with its own field, and the least value counts")
    func labels() throws {
        var made = MadeInput()
        made.end(("answer", #""It is a.""#), ("other", #""no""#))
        let contains = ContainsReward(Expectation())
        #expect(try made.reward(contains) == .value(1))
        #expect(try made.reward(contains, #"{"q":1,"answer":"a","other":"x"}"#) == .value(0))
        #expect(
            try made.reward(ContainsReward(Expectation(label: "answer")), #"{"q":1,"answer":"a","other":"x"}"#)
                == .value(1)
        )
        #expect(try made.reward(contains, #"{"q":1,"answer":"A"}"#) == .value(0))
        #expect(
            try made.reward(ContainsReward(Expectation(), ignoresCase: true), #"{"q":1,"answer":"A"}"#) == .value(1)
        )
        #expect(try made.reward(contains, #"{"q":1}"#) == .none)
        guard case .error(let reason) = try made.reward(ContainsReward(Expectation(label: "z"))) else {
            Issue.record("a label that is not there is an error")
            return
        }
        #expect(reason.contains("`z`"))
    }

    @Test("A missing or null answer is no answer")
    func noAnswer() throws {
        var made = MadeInput()
        made.end(("answer", "null"))
        #expect(try made.reward(TokenF1Reward(Expectation())) == .noAnswer)
        #expect(try made.reward(TokenF1Reward(Expectation()), #"{"q":1,"b":"a"}"#) == .noAnswer)
        #expect(try made.reward(ContainsReward(Expectation(RewardPlace(.completion)))) == .noAnswer)
        made.end(("answer", "5"))
        #expect(try made.reward(NumericReward(Expectation())) == .error("what is expected is no number"))
        #expect(try made.reward(NumericReward(Expectation()), #"{"q":1,"answer":"five or 5.0"}"#) == .value(1))
    }

    @Test("Labels have places of their own by pointer, also with escapes")
    func fields() throws {
        var made = MadeInput()
        made.end((#"a\"b"#, #"{"c/d":[1,"x 7"]}"#))
        let places = try [Text("answer"): pointer("/a\"b/c~1d/1")]
        #expect(try made.reward(NumericReward(Expectation(fields: places)), #"{"q":1,"answer":7}"#) == .value(1))
        let whole = Expectation(RewardPlace(.finalState, try pointer("/a\"b/c~1d/0")), value: .integer(1))
        #expect(try made.reward(NumericReward(whole)) == .value(1))
    }

    @Test("A completion is the last one, a node's output that of its last execution")
    func places() throws {
        var made = MadeInput()
        made.run("plan", ("text", #""first""#))
        made.run("plan", ("text", #""second \"x\"""#))
        let node = RewardPlace(.node("plan"), try pointer("/text"))
        #expect(try made.reward(RegexReward(node, Pattern("^second \"x\"$"))) == .value(1))
        #expect(try made.reward(RegexReward(RewardPlace(.node("other")), Pattern("."))) == .noAnswer)
        #expect(try made.reward(RegexReward(RewardPlace(.completion), Pattern("^text: second"))) == .value(1))
        made.call("no")
        made.call("#### 42\n")
        #expect(try made.reward(RegexReward(RewardPlace(.completion), Pattern(#"#### \d+"#))) == .value(1))
        let number = NumericReward(Expectation(RewardPlace(.completion)))
        #expect(try made.reward(number, #"{"q":1,"answer":"42.0"}"#) == .value(1))
    }

    @Test("JSON is read where a completion is it, or holds it in a fence")
    func json() throws {
        var made = MadeInput()
        made.call("```json\n{\"answer\": {\"b\": 1, \"a\": [2.0]}}\n```")
        let reward = JSONFieldReward(Expectation(RewardPlace(.completion)), field: try pointer("/answer"))
        #expect(try made.reward(reward, #"{"q":1,"answer":{"a":[2.0],"b":1}}"#) == .value(1))
        #expect(try made.reward(reward, #"{"q":1,"answer":{"a":[2],"b":1}}"#) == .value(0))
        #expect(
            try made.reward(JSONFieldReward(Expectation(RewardPlace(.completion)), field: pointer("/x"))) == .noAnswer
        )
        made.call("no JSON")
        #expect(try made.reward(reward) == .noAnswer)
    }

    @Test("Long texts are not compared letter by letter")
    func bounded() throws {
        var made = MadeInput()
        made.call(String(repeating: "a", count: EditSimilarityReward.maxLength + 1))
        guard case .error(let reason) = try made.reward(EditSimilarityReward(Expectation(RewardPlace(.completion))))
        else {
            Issue.record("it was compared")
            return
        }
        #expect(reason.contains("4096"))
    }

    @Test("What a rollout cost is its measure, or a penalty from 0 to -1")
    func measures() throws {
        var made = MadeInput()
        made.trajectory.startedAt = 1_000_000
        made.trajectory.endedAt = 4_500_000
        #expect(try made.reward(MeasureReward(.seconds)) == .value(3.5))
        #expect(try made.reward(MeasureReward(.seconds, free: 3.5, limit: 9)) == .value(0))
        #expect(try made.reward(MeasureReward(.seconds, free: 3, limit: 4)) == .value(-0.5))
        #expect(try made.reward(MeasureReward(.seconds, free: 1, limit: 2)) == .value(-1))
        #expect(try made.reward(MeasureReward(.tokens)) == .none)
        #expect(try made.reward(OverlongReward(.trl, maxLength: 10, buffer: 5)) == .none)
        made.call("x", tokens: 7)
        made.call("y", tokens: 9)
        #expect(try made.reward(MeasureReward(.tokens)) == .value(16))
        #expect(try made.reward(MeasureReward(.calls)) == .value(2))
        #expect(try made.reward(MeasureReward(.nodes)) == .value(0))
        #expect(try made.reward(OverlongReward(.trl, maxLength: 10, buffer: 5)) == .value(-0.8))
        #expect(try made.reward(OverlongReward(.trl, maxLength: 10, buffer: 5, count: .total)) == .value(-1))
        made.trajectory.hasStart = false
        #expect(try made.reward(MeasureReward(.seconds)) == .none)
    }

    @Test("Tools that failed count against those that were run")
    func tools() throws {
        var made = MadeInput()
        #expect(try made.reward(ToolSuccessReward()) == .none)
        made.trajectory.toolCalls = 4
        made.trajectory.toolFailures = 1
        #expect(try made.reward(ToolSuccessReward()) == .value(0.75))
        #expect(try made.reward(MeasureReward(.tools)) == .value(4))
    }

    @Test("A function of one's own is a component; errors take the default, no answer the format failure score")
    func scored() throws {
        struct Fixed: RewardFunction {
            let outcome: RewardOutcome
            func reward(of rollout: RewardInput) -> RewardOutcome { outcome }
        }
        let example = try Example(JSONValue(parsing: #"{"example_id":"e","input_keys":[],"data":{"answer":"a"}}"#))
        func score(_ outcome: RewardOutcome, _ fallback: Double? = nil) -> String {
            var rules = RewardConfiguration()
            let kind = RewardConfiguration.Component.Kind.function(AnyRewardFunction(Fixed(outcome: outcome)))
            rules.components = [.init(name: "own", weight: 2, kind: kind, fallback: fallback)]
            #expect(!rules.needsLabels)
            let score = Scorer(configuration: rules).score(MadeInput().trajectory, example)
            let status = score.values.first?.status.rawValue ?? "nothing"
            switch score.reward {
            case .success(let reward): return "\(reward) \(status)"
            case .failure(let why): return "\(why.reason.rawValue) \(status)"
            }
        }
        #expect(score(.value(0.5)) == "1.0 ok")
        #expect(score(.noAnswer) == "-2.0 ok")
        #expect(score(.none) == "reward_missing none")
        #expect(score(.error("x")) == "reward_missing error")
        #expect(score(.error("x"), 3) == "6.0 error")
        #expect(score(.value(.nan)) == "reward_invalid ok")
    }

    @Test("The same parameters make the same function")
    func equality() throws {
        let a = AnyRewardFunction(MeasureReward(.tokens, free: 1, limit: 2))
        #expect(a == AnyRewardFunction(MeasureReward(.tokens, free: 1, limit: 2)))
        #expect(a != AnyRewardFunction(MeasureReward(.tokens, free: 1, limit: 3)))
        #expect(a != AnyRewardFunction(ToolSuccessReward()))
    }
}
