import DashStream
import JSON

extension Generation {
    /// Adds one chunk of the stream; chunks come in the order of their index.
    mutating func append(_ chunk: borrowing TokenChunkView) {
        chunk.forEachTokenID { tokenIDs.append($0) }
        chunk.forEachLogprob { logprobs.append($0) }
        if chunk.model.byteCount > 0 { model = Text(utf8: chunk.model) }
        if chunk.finishReason != 0 { finishReason = chunk.finishReason }
        completionTokens = max(completionTokens, Int(chunk.completionTokens))
    }

    /// Adds what LLM_START or LLM_END carries for trainers.
    mutating func append(_ event: borrowing EventView) {
        if let version = event.attribute(named: "rl.policy_version") {
            policyVersion = version.text ?? version.integer.map { Text(String($0)) }
        }
        if let value = event.attribute(named: "rl.temperature") {
            temperature = value.float ?? value.integer.map(Double.init)
        }
        guard let prompt = event.attribute(named: "rl.prompt_token_ids") else { return }
        promptTokenIDs.removeAll()
        if let bytes = prompt.bytes {
            guard bytes.byteCount % 4 == 0 else { return }
            for at in stride(from: 0, to: bytes.byteCount, by: 4) {
                var id: UInt32 = 0
                for index in 0..<4 { id |= UInt32(bytes.byte(at + index)) << UInt32(8 * index) }
                promptTokenIDs.append(id)
            }
        } else {
            prompt.forEachElement { if let id = $0.integer { promptTokenIDs.append(UInt32(truncatingIfNeeded: id)) } }
        }
    }

    /// Token ids and logprobs belong together: of different lengths neither can be trusted.
    var hasTokens: Bool { !tokenIDs.isEmpty && tokenIDs.count == logprobs.count }

    /// The finish reason by name; nil where none was given.
    var finishName: Text? {
        switch finishReason {
        case 1: "stop"
        case 2: "length"
        case 3: "content_filter"
        case 4: "tool_calls"
        case 5: "error"
        default: nil
        }
    }
}
