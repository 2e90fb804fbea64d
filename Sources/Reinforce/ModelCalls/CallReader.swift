import DashStream
import JSON

/// Reads gathered calls one after the other; a chat that grows is kept once.
struct CallReader {
    private(set) var calls: [ModelCall] = []
    private var chats = ChatMemory()
    /// The chat before the latest call; nil: it has none.
    private(set) var chat: [ChatPlace]?

    /// Reads a call.
    ///
    /// - Parameters:
    ///   - gathered: its events.
    ///   - visit: which execution of its node it belongs to.
    ///   - isCall: an LLM event speaks of it.
    ///   - chunks: where its chunks are stored, in the order of their index, then time, then arrival.
    ///   - payload: what they are stored in.
    ///   - arena: takes its texts.
    mutating func read(
        _ gathered: GatheredCall,
        visit: Int?,
        isCall: Bool,
        chunks: [Int],
        in payload: RawSpan,
        _ arena: inout [UInt8]
    ) {
        let sides = CallSides(gathered, in: payload)
        var call = ModelCall()
        call.isCall = isCall
        call.request = gathered.request
        call.node = gathered.node
        call.visit = visit
        call.status = !isCall ? .ok : gathered.isOpen ? .incomplete : gathered.isFailed ? .error : .ok
        call.startedAt = gathered.startedAt
        call.endedAt = gathered.endedAt
        call.isForeign = sides.attribute("rl.trainable")?.boolean == false
        // an attempt that failed has written nothing
        var streamed = StreamedTokens(gathered.isFailed ? [] : chunks, in: payload, &call.problem)
        Self.readRequest(sides, &call)
        Self.readTokens(sides, &streamed, &call)
        readPrompt(sides, &call, &arena)
        Self.readCompletion(sides, streamed, &call, &arena)
        Self.readUsage(sides, streamed, &call)
        chat = chats.unfold(calls.count, call)
        calls.append(call)
    }

    private static func readRequest(_ sides: borrowing CallSides, _ call: inout ModelCall) {
        call.role = sides.text("rl.role")
        call.tokenizer = sides.text("rl.tokenizer")
        call.temperature = sides.number("gen_ai.request.temperature", else: "rl.temperature")
        call.topP = sides.number("gen_ai.request.top_p", else: "rl.top_p")
        call.policyVersion = sides.version("rl.policy_version")
        call.rewards = [TraceReward](ownOf: sides.answer)
    }

    private mutating func readPrompt(_ sides: borrowing CallSides, _ call: inout ModelCall, _ arena: inout [UInt8]) {
        do throws(Unreadable) {
            if let tools = sides.attribute("gen_ai.tool.definitions") {
                let value = try JSONValue(attribute: tools)
                if value != .null { call.tools = ChatText.canonical(value, &arena) }
            }
        } catch { call.problem.note(.messages) }
        var messages: [ReadMessage]?
        do throws(Unreadable) {
            if let input = sides.attribute("gen_ai.input.messages") {
                messages = try ReadMessage.chat(JSONValue(attribute: input))
            }
        } catch { call.problem.note(.messages) }
        do throws(Unreadable) {
            if let instructions = sides.attribute("gen_ai.system_instructions"),
                let system = try ReadMessage.instructions(JSONValue(attribute: instructions))
            {
                messages?.insert(system, at: 0)
            }
        } catch {
            call.problem.note(.messages)
            messages = nil
        }
        guard let messages else { return }
        ChatText.write(prompt: messages, after: chats.before(call.role), of: calls, &call, to: &arena)
    }

    private static func readCompletion(
        _ sides: borrowing CallSides,
        _ streamed: StreamedTokens,
        _ call: inout ModelCall,
        _ arena: inout [UInt8]
    ) {
        var output: (message: ReadMessage?, finishReason: Text?)
        do throws(Unreadable) {
            if let attribute = sides.answer.attribute(named: "gen_ai.output.messages") {
                output = try ReadMessage.output(JSONValue(attribute: attribute))
            }
        } catch { call.problem.note(.messages) }
        if let message = output.message {
            if let text = streamed.text, !text.string.isEmpty, !message.says(text) { call.problem.note(.text) }
        } else if let text = streamed.text {
            output.message = ReadMessage(role: "assistant")
            output.message?.content = .text(text)
        }
        call.completion = output.message.map { ChatText.write($0, to: &arena) }
        let reason = firstReason(sides.answer) ?? output.finishReason.nonEmpty ?? streamed.finishReason
        call.finishReason = reason == "tool_call" ? "tool_calls" : reason
    }

    /// The first of `gen_ai.response.finish_reasons`.
    private static func firstReason(_ answer: borrowing EventView) -> Text? {
        guard let attribute = answer.attribute(named: "gen_ai.response.finish_reasons"),
            case .array(let reasons)? = try? JSONValue(attribute: attribute), case .string(let first)? = reasons.first
        else { return nil }
        return Optional(first).nonEmpty
    }

    private static func readUsage(_ sides: borrowing CallSides, _ streamed: StreamedTokens, _ call: inout ModelCall) {
        call.model =
            sides.answer.attribute(named: "gen_ai.response.model")?.plainText ?? streamed.model
            ?? sides.text("gen_ai.request.model")
        let input = sides.answer.attribute(named: "gen_ai.usage.input_tokens")?.natural
        let output = sides.answer.attribute(named: "gen_ai.usage.output_tokens")?.natural
        call.inputTokens = input ?? Self.known(streamed.inputTokens) ?? Self.known(Int64(call.promptTokenIDs.count))
        call.outputTokens = output ?? Self.known(streamed.outputTokens) ?? Self.known(Int64(call.tokenIDs.count))
    }

    private static func known(_ count: Int64) -> Int64? { count > 0 ? count : nil }
}

extension ReadMessage {
    /// Its content is that text; no content is an empty text, and parts are none.
    func says(_ text: Text) -> Bool {
        switch content {
        case .none: text.string.isEmpty
        case .text(let own): own == text
        case .parts: false
        }
    }
}

extension Text? {
    /// Nothing where it is empty.
    var nonEmpty: Text? { flatMap { $0.string.isEmpty ? nil : $0 } }
}
