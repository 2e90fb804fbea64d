import DashStream
import JSON
import Testing

@testable import Reinforce

/// Producers that say nonsense: the call is carried, what is wrong is told, nothing traps.
@Suite struct HostileCallTests {
    @Test(
        arguments: [
            #"[{"role":"user","content":"cut"#, "[NaN]", "7", #"{"role":"user"}"#, #"[{"content":"no role"}]"#,
            #"[{"role":"user","content":5}]"#, #"[{"role":"user","parts":"text"}]"#, #"["text"]"#, "",
            #"[{"role":"user","content":"\ud83d"}]"#, String(repeating: "[", count: 100_000),
        ]
    )
    func messagesThatCannotBeReadLeaveTheRest(_ messages: String) throws {
        let trace = try CallTrace()
        trace.event(
            30,
            "r",
            [("gen_ai.input.messages", .string(messages)), ("rl.prompt_token_ids", .array([.integer(1)]))]
        )
        trace.event(31, "r", [("rl.token_ids", .array([.integer(2)])), ("rl.logprobs", .array([.float(-1)]))])
        let call = try #require(try trace.calls().first)
        #expect(call["prompt"] == .null)
        #expect(call["token_problem"] == .string("messages"))
        #expect(call["token_ids"] == .array([.integer(2)]))
        #expect(call["trains"] == .bool(true))
    }

    @Test(
        arguments: [
            (CallTrace.Attributes([("rl.token_ids", .bytes([1, 2, 3]))]), "value"),
            ([("rl.token_ids", .array([.integer(-1)]))], "value"),
            ([("rl.token_ids", .array([.integer(1 << 32)]))], "value"),
            ([("rl.token_ids", .string("1,2"))], "value"),
            ([("rl.token_ids", .array([.integer(1)])), ("rl.logprobs", .array([.float(.nan)]))], "value"),
            ([("rl.token_ids", .array([.integer(1)])), ("rl.logprobs", .array([.float(.infinity)]))], "value"),
            ([("rl.token_ids", .array([.integer(1)])), ("rl.logprobs", .array([.float(-1), .float(-1)]))], "length"),
            (
                [("rl.token_ids", .array([.integer(1)])), ("rl.loss_mask", .array([.integer(1), .integer(0)]))],
                "length"
            ),
            ([("rl.token_ids", .array([.integer(1)])), ("rl.loss_mask", .array([.integer(2)]))], "value"),
        ]
    )
    func tokensThatAreNoneAreTakenAway(_ end: CallTrace.Attributes, _ problem: String) throws {
        let trace = try CallTrace()
        trace.call("r", [], end)
        let call = try #require(try trace.calls().first)
        #expect(call["token_problem"] == .string(Text(problem)))
        #expect(call["token_source"] == .string("absent"))
        #expect(call["token_ids"] == .array([]) && call["loss_mask"] == .array([]))
        // the text is whole, and trains
        #expect(call["trains"] == .bool(true))
    }

    @Test func aLogprobOfMinusInfinityIsOne() throws {
        let trace = try CallTrace()
        trace.call("r", [], [("rl.token_ids", .array([.integer(1)])), ("rl.logprobs", .array([.float(-.infinity)]))])
        let call = try #require(try trace.calls().first)
        #expect(call["logprobs"] == .array([.null]))
        #expect(call["token_source"] == .string("engine"))
    }

    @Test func aPromptOfTenMegabytesIsHeldOnce() throws {
        let long = String(repeating: "lorem ipsum ", count: 10 << 20 / 12)
        let trace = try CallTrace()
        var chat = #"{"role":"user","content":"\#(long)"}"#
        for turn in 0..<4 {
            trace.event(30, "r\(turn)", [("gen_ai.input.messages", .string("[\(chat)]"))])
            trace.event(
                31,
                "r\(turn)",
                [("gen_ai.output.messages", .string(#"{"role":"assistant","content":"a\#(turn)"}"#))]
            )
            chat += #",{"role":"assistant","content":"a\#(turn)"},{"role":"user","content":"q\#(turn)"}"#
        }
        let rollout = try #require(trace.rollout())
        #expect(rollout.trajectory.calls.count == 4)
        #expect(rollout.trajectory.calls.last?.prompt?.first == PromptRun(isShared: true, start: 0, count: 6))
        #expect(rollout.heldBytes < 12 << 20)
        let travelling = ScoredRecord.scored(rollout).encoded()
        #expect(travelling.count < 12 << 20)
        let calls = try JSONValue(parsing: rollout.callsJSON, limits: JSONLimits(maxBytes: .max))
        guard case .array(let written) = calls, case .array(let prompt)? = written.last?["prompt"] else {
            Issue.record("no prompt")
            return
        }
        #expect(prompt.count == 7)
        #expect(prompt.first?["content"] == .string(Text(long)))
        #expect(prompt.last?["content"] == .string("q2"))
    }

    @Test(arguments: [true, false])
    func tenThousandCallsAreReadOnceEach(_ haveIDs: Bool) throws {
        let trace = try CallTrace()
        for index in 0..<10_000 { trace.event(30, haveIDs ? "r\(index)" : "") }
        for index in 0..<10_000 {
            trace.event(31, haveIDs ? "r\(index)" : "", [("rl.token_ids", .array([.integer(1)]))])
        }
        for index in 0..<1000 { trace.chunk("", UInt32(index), "x") }
        let rollout = try #require(trace.rollout())
        #expect(rollout.trajectory.calls.count == 10_000)
        #expect(rollout.trajectory.calls.allSatisfy { $0.status == .ok && $0.tokenIDs == [1] })
        #expect(rollout.trajectory.callCounts.chunksWithoutCall == 1000)
        #expect(rollout.weight == 1, "its node has a sample, which trains where no call does")
    }

    @Test func aChatThatGrowsTakesMemoryOnceATurn() throws {
        let trace = try CallTrace()
        var chat = #"{"role":"user","content":"start"}"#
        for turn in 0..<300 {
            trace.event(30, "r\(turn)", [("gen_ai.input.messages", .string("[\(chat)]"))])
            trace.event(
                31,
                "r\(turn)",
                [("gen_ai.output.messages", .string(#"{"role":"assistant","content":"a\#(turn)"}"#))]
            )
            chat +=
                #",{"role":"assistant","content":"a\#(turn)"},{"role":"tool","content":"t\#(turn)","tool_call_id":"c"}"#
        }
        let rollout = try #require(trace.rollout())
        let messages = rollout.trajectory.calls.reduce(0) { $0 + $1.messages.count }
        #expect(messages == 300)
        #expect(rollout.trajectory.calls.allSatisfy { ($0.prompt?.count ?? 0) <= 2 })
    }

    @Test func chunksThatNobodyEndsAreNoCall() throws {
        let trace = try CallTrace()
        trace.chunk("alone", 0, "hi", [1], [-1])
        let rollout = try #require(trace.rollout())
        #expect(rollout.callsJSON == Array("[]".utf8))
        #expect(rollout.trajectory.callCounts.streamsAlone == 1)
        #expect(rollout.trajectory.nodes.first?.request == 0)
    }
}
