import JSON

/// A model call on its way into a record. An object: each of its fields is handed the row, and copies nothing.
final class CallRow {
    let call: ModelCall
    let index: Int
    /// Its prompt, unfolded; nil: it has none.
    let prompt: [CallMessage]?
    let advantage: RenderedNumber
    let weight: Double
    let trains: Bool
    private let rollout: Rollout

    /// What its texts lie in.
    var arena: [UInt8] { rollout.trajectory.arena }
    /// The rollout's.
    var policyVersion: Text { rollout.pairing.policyVersion }
    var rewards: [RewardValue] { rollout.rewards }

    init(
        _ call: ModelCall,
        index: Int,
        of rollout: Rollout,
        prompt: [CallMessage]?,
        advantage: RenderedNumber,
        weight: Double,
        trains: Bool
    ) {
        self.call = call
        self.index = index
        self.rollout = rollout
        self.prompt = prompt
        self.advantage = advantage
        self.weight = weight
        self.trains = trains
    }
}

extension RolloutRow {
    /// Calls `body` with every call, in order; what does not vote is named, not given to anyone.
    func forEachCall(_ body: (CallRow) -> Void) {
        guard member.votes else { return }
        rollout.forEachCall(advantage: rendered.advantage(ofCall:), trains: member.trains, body)
    }
}

extension Rollout {
    /// Calls `body` with every call, in order.
    ///
    /// - Parameters:
    ///   - advantage: of a call, by its index.
    ///   - trains: the rollout does.
    func forEachCall(advantage: (Int) -> RenderedNumber, trains: Bool, _ body: (CallRow) -> Void) {
        let calls = trajectory.calls
        let weight = weight
        var chats = ChatMemory()
        for (index, call) in calls.enumerated() where call.isCall {
            let prompt = chats.unfold(index, call)?.map { calls[$0] }
            body(
                CallRow(
                    call,
                    index: index,
                    of: self,
                    prompt: prompt,
                    advantage: advantage(index),
                    weight: call.isTrainable ? weight : 0,
                    trains: trains && call.isTrainable
                )
            )
        }
    }

    /// Its calls as they stand in the record, as a JSON array; whether they train is for its group to decide.
    public var callsJSON: [UInt8] {
        var text = RecordText(bytes: [], texts: Array("null".utf8), leftOut: [])
        let undecided = RenderedNumber(value: 0, text: RenderedText(0, 4))
        var first = true
        text.bytes.append(UInt8(ascii: "["))
        forEachCall(advantage: { _ in undecided }, trains: pairing.trainable) { row in
            if !first { text.bytes.append(UInt8(ascii: ",")) }
            first = false
            RecordTable<CallRow>.call.append(jsonOf: row, to: &text)
        }
        text.bytes.append(UInt8(ascii: "]"))
        return text.bytes
    }
}

extension RecordTable where Row == CallRow {
    static let call = RecordTable(
        "Call",
        "One call of a model: what the policy read and wrote.",
        [
            .integer(1, "call_index", "from 0, in the order of LLM_START") { Int64($0.index) },
            .optionalText(2, "request_id", "of the trace; unique within the thread", digest: .same) { $0.call.request },
            .optionalText(3, "node_id", "the node it belongs to", digest: .same) { $0.call.node },
            .optionalInteger(4, "visit", "which execution of the node it belongs to", digest: .same) {
                $0.call.visit.map { Int64($0) }
            },
            .optionalText(5, "role", "of the policy in a graph of several agents") { $0.call.role },
            .optionalText(6, "model", "the response's, else the stream's, else the request's") { $0.call.model },
            .text(7, "status", "ok, error, incomplete", digest: .same) { Text($0.call.status.rawValue) },
            .flag(8, "trains", "it is given to the trainer") { $0.trains },
            .optionalMessages(
                9,
                "prompt",
                "the chat before it, instructions first",
                digest: .same,
                part: .callText,
                wrapper: "Chat",
                .chatMessage,
                isThere: { $0.prompt != nil }
            ) { row, body in
                for message in row.prompt ?? [] { body(ChatRow(message, row.arena)) }
            },
            .optionalJSON(10, "tools", "the tools offered: JSON as it came", part: .callText, omits: false) {
                ArenaText($0.arena, $0.call.tools)
            },
            .optionalMessage(11, "completion", "what was written", digest: .same, part: .callText, .chatMessage) {
                row in
                row.call.completion.map { ChatRow($0, row.arena) }
            },
            .optionalText(12, "finish_reason", "stop, length, tool_calls, …: as it came") { $0.call.finishReason },
            .flag(13, "truncated", "`finish_reason` is length or max_tokens") { $0.call.isTruncated },
            .numbers(14, "prompt_token_ids", "as the engine has them", digest: .same, part: .callTokens) {
                $0.call.promptTokenIDs
            },
            .numbers(15, "token_ids", "as the engine has them", digest: .same, part: .callTokens) { $0.call.tokenIDs },
            .logprobs(
                16,
                "logprobs",
                "as sampled, one an id, or none; -inf is null in JSON",
                digest: .same,
                part: .callTokens
            ) { $0.call.logprobs },
            .numbers(17, "loss_mask", "1 where the policy chose the token", digest: .same, part: .callTokens) {
                $0.call.lossMask.map { UInt32($0) }
            },
            .text(18, "token_source", "engine: ids and logprobs; engine_ids: ids; absent: neither") {
                Text($0.call.tokenSource.rawValue)
            },
            .optionalText(19, "token_problem", "what is wrong with what the trace says of it") {
                $0.call.problem.map { Text($0.rawValue) }
            },
            .optionalText(20, "tokenizer", "name or hash") { $0.call.tokenizer },
            .optionalNumber(21, "temperature", "of sampling") { $0.call.temperature },
            .optionalNumber(22, "top_p", "of sampling") { $0.call.topP },
            .text(23, "policy_version", "the call's, else the rollout's") { row in
                row.call.policyVersion ?? row.policyVersion
            },
            .optionalInteger(24, "input_tokens", "tokens of the prompt", as: .int64) { $0.call.inputTokens },
            .optionalInteger(25, "output_tokens", "tokens of the completion", as: .int64) { $0.call.outputTokens },
            .optionalInteger(26, "started_at_us", "header time of its first LLM_START", as: .int64) {
                $0.call.startedAt
            },
            .optionalInteger(27, "ended_at_us", "header time of LLM_END or LLM_ERROR", as: .int64) { $0.call.endedAt },
            .optionalNumber(28, "reward", "its own, of `rl.reward.<name>`") { $0.call.rewards.total($0.rewards) },
            .rendered(29, "advantage", "the rollout's; its own where `credit` is not `rollout`", digest: .same) {
                $0.advantage
            },
            .number(30, "weight", "in a loss: 1 / number of calls of the rollout that train; 0 where it does not") {
                $0.weight
            },
        ]
    )
}

/// A message of a chat on its way into a record.
struct ChatRow {
    let text: CallMessageText

    init(_ message: CallMessage, _ arena: [UInt8]) { text = CallMessageText(message: message, arena: arena) }

    var message: CallMessage { text.message }
}

extension RecordTable where Row == ChatRow {
    static let chatMessage = RecordTable(
        "ChatMessage",
        "A message of a chat, as OpenAI's API has it.",
        [
            .optionalLiteral(1, "role", "system, user, assistant, tool, …", digest: .same) {
                $0.text.text($0.message.role)
            },
            RecordField(
                2,
                "content",
                "a text, an array of parts where there are others than text, or null",
                .same,
                .content(parts: 3) { $0.text }
            ),
            .optionalLiteral(4, "name", "of who speaks", digest: .same) { $0.text.text($0.message.name) },
            .optionalJSON(5, "tool_calls", "a JSON array; function arguments are text", digest: .same, omits: true) {
                $0.text.text($0.message.toolCalls)
            },
            RecordField(6, "tool_call_id", "of the tool call that it answers", .same, .toolCallID(null: 7) { $0.text }),
            .optionalLiteral(8, "reasoning", "what was thought before", digest: .same) {
                $0.text.text($0.message.reasoning)
            },
        ]
    )
}
