internal import JSON
internal import Pipeline
internal import Terminal

/// The model calls of a rollout for a person: what was read and what was written.
struct ChatView {
    let style: TextStyle
    /// Spaces before every line.
    let indent: String
    /// Characters of a message that are shown.
    var limit = 400

    /// - Parameter calls: `calls` of the record.
    func text(_ calls: [JSONValue]) -> String {
        var text = ""
        var shown: [JSONValue] = []
        for call in calls {
            text += indent + style.bold("call \(field(call, "call_index"))") + heading(call) + "\n"
            let prompt = call["prompt"]?.elements ?? []
            // a chat that grows is told once
            let known = zip(shown, prompt).prefix { $0 == $1 }.count
            if known > 0 { text += indent + style.dim("  … \(known) messages as above") + "\n" }
            for message in prompt.dropFirst(known) { text += line(message, isOwn: false) }
            shown = prompt
            if let completion = call["completion"], completion != .null {
                text += line(completion, isOwn: true)
                shown.append(completion)
            }
        }
        return text
    }

    private func heading(_ call: JSONValue) -> String {
        var parts = ["node \(field(call, "node_id"))"]
        if call["request_id"] != .null { parts.append("request \(field(call, "request_id"))") }
        if call["model"] != .null { parts.append("model \(field(call, "model"))") }
        if call["role"] != .null { parts.append("role \(field(call, "role"))") }
        let ids = (call["prompt_token_ids"]?.elements.count ?? 0, call["token_ids"]?.elements.count ?? 0)
        parts.append("tokens \(ids.0) → \(ids.1) (\(field(call, "token_source")))")
        if call["finish_reason"] != .null { parts.append("finish \(field(call, "finish_reason"))") }
        var text = "  " + parts.joined(separator: "  ")
        let status = field(call, "status")
        if status != "ok" { text += style.bad("  " + status) }
        if call["token_problem"] != .null { text += style.odd("  problem \(field(call, "token_problem"))") }
        text += call["trains"] == .bool(true) ? style.good("  trains") : style.dim("  does not train")
        return text
    }

    private func line(_ message: JSONValue, isOwn: Bool) -> String {
        let role = field(message, "role")
        var text = indent + "  " + (isOwn ? style.good("▸ " + role) : style.dim("  " + role)) + ": "
        if let thought = message["reasoning"]?.asText {
            text += style.dim("(" + printable(thought.string, limit: limit) + ") ")
        }
        switch message["content"] {
        case nil, .null: break
        case .string(let content): text += printable(content.string, limit: limit)
        case let parts?: text += printable(parts.canonicalText, limit: limit)
        }
        for call in message["tool_calls"]?.elements ?? [] {
            let function = call["function"]
            text += " " + style.bold(field(function, "name")) + "("
            text += printable(function?["arguments"]?.asText?.string ?? call.canonicalText, limit: limit) + ")"
        }
        return text + "\n"
    }

    private func field(_ value: JSONValue?, _ name: Text) -> String {
        guard let found = value?[name], found != .null else { return "–" }
        return printable(found.asText?.string ?? found.canonicalText, limit: 80)
    }
}
