import DashStream
import JSON
import Testing

@testable import Reinforce

/// Chats and tokens that come to more than a record may hold are found before they are written.
@Suite struct LargeCallTests {
    private static func group(_ rollout: Rollout?) throws -> DecidedGroup {
        let rollout = try #require(rollout)
        var examples = ExampleTable()
        examples.insert(try StageLog.example("e"))
        var rules = GroupConfiguration()
        rules.minUsable = 1
        let decider = GroupDecider(rules, estimator: .dashflow, rewards: RewardConfiguration(), examples: examples)
        return try #require(decider.decide(GroupKey(tenant: "t", group: "g"), [rollout]))
    }

    /// A thread that says `text`, and then talks on for so many calls.
    private static func talk(_ text: String, calls: Int, tokens: Int = 0) throws -> DecidedGroup {
        let trace = try CallTrace()
        var chat = #"{"role":"user","content":"\#(text)"}"#
        let ids = OutgoingAttributes.ids(tokens)
        for turn in 0..<calls {
            trace.event(
                30,
                "r\(turn)",
                [("gen_ai.input.messages", .string("[\(chat)]")), ("rl.prompt_token_ids", ids)]
            )
            let answer = #"{"role":"assistant","content":"a\#(turn)"}"#
            trace.event(31, "r\(turn)", [("gen_ai.output.messages", .string(answer))])
            chat += #",\#(answer),{"role":"user","content":"q\#(turn)"}"#
        }
        return try group(trace.rollout())
    }

    private static let forms: [BatchConfiguration] = [BatchConfiguration.Format.json, .protobuf].flatMap { format in
        [BatchConfiguration.Calls.all, .tokens, .text, .none].flatMap { calls in
            [BatchConfiguration.Samples.both, .text, .fields, .none].map { samples in
                var configuration = BatchConfiguration()
                (configuration.format, configuration.calls, configuration.samples) = (format, calls, samples)
                return configuration
            }
        }
    }

    /// Also of a text that JSON escapes and protobuf does not.
    @Test(arguments: ["plain words ", #"\u0001"#, #"é\"\\\n"#])
    func nothingIsCountedThatIsNotWritten(_ part: String) throws {
        let group = try Self.talk(String(repeating: part, count: 3000), calls: 5, tokens: 50)
        for form in Self.forms {
            let written = GroupRenderer(.dashflow, form, topics: ["t"]).render(group).body.count
            let least = group.leastBytes(form)
            #expect(least <= written, "\(form.format) \(form.calls) \(form.samples)")
            switch form.calls {
            // the long message stands in every prompt
            case .all, .text: #expect(least > 5 * 3000 * (form.format == .json ? part.utf8.count : 1))
            case .tokens: #expect(least >= 250)
            case .none: break
            }
        }
    }

    @Test func aPromptOfTenMegabytesIsTooLargeBeforeItIsWritten() throws {
        let group = try Self.talk(String(repeating: "lorem ipsum ", count: 10 << 20 / 12), calls: 1)
        for form in Self.forms {
            let isWritten = form.calls == .all || form.calls == .text
            #expect(BatchComposer(form).isTooLarge(group) == isWritten, "\(form.format) \(form.calls)")
        }
    }

    @Test func tokensAloneMakeAGroupTooLarge() throws {
        let group = try Self.talk("hi", calls: 1, tokens: 1 << 20)
        for form in Self.forms {
            let isWritten = form.calls == .all || form.calls == .tokens
            #expect(BatchComposer(form).isTooLarge(group) == isWritten, "\(form.format) \(form.calls)")
        }
    }

    @Test func countingEndsWhereItIsKnownToBeTooMuch() throws {
        let group = try Self.talk(String(repeating: "x", count: 1 << 20), calls: 2)
        var form = BatchConfiguration()
        form.maxBytes = 1 << 20
        #expect(BatchComposer(form).isTooLarge(group))
        // the first call alone is enough: nothing of the second is counted
        #expect(group.leastBytes(form, enough: 1 << 20) < 2 << 20)
        #expect(group.leastBytes(form) > 2 << 20)
    }
}

private enum OutgoingAttributes {
    static func ids(_ count: Int) -> OutgoingAttribute { .array((0..<count).map { .integer(Int64($0 % 50)) }) }
}
