import JSON

@testable import Reinforce

/// Model calls of every form that the record has.
enum MadeCalls {
    /// What their ranges refer to.
    static let text = Array(#"userhi \"you\"[{"type":"x"}]assistantfnullidwhy"#.utf8)

    private static func range(_ part: String) -> ByteRange {
        let all = String(decoding: text, as: UTF8.self)
        guard let found = all.firstRange(of: part) else { return .empty }
        let start = all.utf8.distance(from: all.startIndex, to: found.lowerBound)
        return ByteRange(start, start + part.utf8.count)
    }

    /// A request of which only the stream is known.
    static func stream(_ index: Int) -> ModelCall {
        var call = ModelCall()
        call.isCall = false
        call.model = index == 0 ? "" : "m"
        call.finishReason = ["stop", "length", "content_filter", "tool_calls"][index % 4]
        call.promptTokenIDs = [7, .max]
        call.tokenIDs = [1, 300, 70_000]
        call.logprobs = [-0.1, -.infinity, 0]
        call.lossMask = [1, 1, 1]
        call.temperature = index == 0 ? .nan : 0.7
        call.policyVersion = "8"
        return call
    }

    static var every: [ModelCall] {
        var user = CallMessage()
        user.role = range("user")
        user.kind = .text
        user.content = range(#"hi \"you\""#)
        user.name = range("f")
        var tool = CallMessage()
        tool.role = range("assistant")
        tool.isToolResponse = true
        var parts = CallMessage()
        parts.role = range("user")
        parts.kind = .parts
        parts.content = range(#"[{"type":"x"}]"#)
        parts.isToolResponse = true
        parts.toolCallID = range("id")
        var answer = CallMessage()
        answer.role = range("assistant")
        answer.reasoning = range("why")
        answer.toolCalls = parts.content

        var first = ModelCall()
        first.request = "r-1"
        first.node = "node"
        first.visit = 0
        first.messages = [user, tool, parts]
        first.prompt = [PromptRun(isShared: false, start: 0, count: 3)]
        first.completion = answer
        first.tools = parts.content
        first.promptTokenIDs = [0]
        first.tokenIDs = [1, .max]
        first.logprobs = [0.1, -.infinity]
        first.lossMask = [1, 0]
        first.temperature = 0
        first.topP = 1
        first.inputTokens = 0
        first.outputTokens = 2
        first.startedAt = -1
        first.endedAt = 0
        first.rewards = [TraceReward(name: "x", value: 2), TraceReward(name: "y", value: 0.5)]
        first.role = "planner"

        var second = ModelCall()
        second.role = "planner"
        second.status = .error
        second.problem = .messages
        second.isForeign = true
        second.messages = [user]
        second.prompt = [
            PromptRun(isShared: true, start: 0, count: 4), PromptRun(isShared: false, start: 0, count: 1),
        ]
        var third = ModelCall()
        third.status = .incomplete
        third.prompt = []
        third.tokenIDs = [3]
        third.lossMask = [1]
        third.problem = .gap
        third.policyVersion = ""
        return [first, second, third]
    }
}

extension ModelCall {
    /// The same with its ranges further on.
    func moved(by offset: Int) -> ModelCall {
        func move(_ range: ByteRange) -> ByteRange {
            ByteRange(start: range.start + UInt32(offset), count: range.count)
        }
        func move(_ message: CallMessage) -> CallMessage {
            var moved = message
            moved.role = move(message.role)
            moved.content = move(message.content)
            moved.name = message.name.map(move)
            moved.toolCalls = message.toolCalls.map(move)
            moved.toolCallID = message.toolCallID.map(move)
            moved.reasoning = message.reasoning.map(move)
            return moved
        }
        var moved = self
        moved.messages = messages.map(move)
        moved.completion = completion.map(move)
        moved.tools = tools.map(move)
        return moved
    }
}
