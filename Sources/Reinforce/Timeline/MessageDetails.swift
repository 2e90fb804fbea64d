import DashStream
import JSON

/// What a message says, in names and short values.
enum MessageDetails {
    static func read(_ message: borrowing StoredMessage) -> (
        kind: String, node: String, details: [(name: String, value: String)]
    ) {
        let body = message.body
        switch message.kind {
        case .event: return event(EventView(validated: body))
        case .stateDiff: return ("state_diff", "", diff(StateDiffView(validated: body)))
        case .tokenChunk:
            let chunk = TokenChunkView(validated: body)
            return (
                "token_chunk", "",
                [("request", text(chunk.requestID)), ("chunk", "\(chunk.chunkIndex)"), ("text", quoted(chunk.text))]
            )
        case .toolExecution:
            let tool = ToolExecutionView(validated: body)
            let stages = ["", "requested", "started", "completed", "failed", "retrying"]
            let stage = stages.indices.contains(Int(tool.stage)) ? stages[Int(tool.stage)] : "\(tool.stage)"
            return ("tool", "", [("tool", text(tool.toolName)), ("call", text(tool.callID)), ("stage", stage)])
        case .checkpoint:
            let checkpoint = CheckpointView(validated: body)
            return ("checkpoint", "", [("bytes", "\(checkpoint.state.byteCount)")])
        case .metrics:
            let metrics = MetricsView(validated: body)
            return ("metrics", "", [("scope", text(metrics.scope))])
        case .error:
            let error = ErrorView(validated: body)
            return ("error", "", [("code", text(error.code)), ("message", text(error.message))])
        case .eventBatch, .executionTrace: return (message.kind.name, "", [])
        }
    }

    private static func event(_ event: borrowing EventView) -> (String, String, [(name: String, value: String)]) {
        var details: [(name: String, value: String)] = []
        if event.durationMicroseconds != 0 { details.append(("duration_us", "\(event.durationMicroseconds)")) }
        event.forEachAttribute { name, value in details.append((text(name), short(value))) }
        return (names[event.eventType] ?? "event_\(event.eventType)", text(event.nodeID), details)
    }

    private static func diff(_ diff: borrowing StateDiffView) -> [(name: String, value: String)] {
        var details: [(name: String, value: String)] = []
        if diff.fullState.byteCount > 0 { details.append(("full_state", "\(diff.fullState.byteCount) bytes")) }
        let verbs = ["add", "remove", "replace", "move", "copy", "test"]
        var operations = diff.operations
        while let operation = operations.next() {
            let verb = verbs.indices.contains(Int(operation.op)) ? verbs[Int(operation.op)] : "op \(operation.op)"
            details.append((verb, text(operation.path)))
        }
        if diff.stateHash.byteCount == 0 { details.append(("hash", "none")) }
        return details
    }

    private static func short(_ value: borrowing AttributeView) -> String {
        if let string = value.string { return quoted(string) }
        if let integer = value.integer { return "\(integer)" }
        if let float = value.float { return "\(float)" }
        if let boolean = value.boolean { return "\(boolean)" }
        if let bytes = value.bytes { return "\(bytes.byteCount) bytes" }
        return value.kind == 6 ? "[…]" : value.kind == 7 ? "{…}" : "none"
    }

    private static func text(_ span: RawSpan) -> String { Text(utf8: span)?.string ?? "\(span.byteCount) bytes" }

    private static func quoted(_ span: RawSpan) -> String {
        JSONValue.string(Text(text(span))).canonicalText
    }

    private static let names: [Int32: String] = [
        1: "graph_start", 2: "graph_end", 3: "graph_error", 10: "node_start", 11: "node_end", 12: "node_error",
        20: "edge_traversal", 21: "conditional_branch", 22: "parallel_start", 23: "parallel_end", 30: "llm_start",
        31: "llm_end", 32: "llm_error", 33: "llm_retry", 40: "tool_start", 41: "tool_end", 42: "tool_error",
        50: "checkpoint_save", 51: "checkpoint_load", 52: "checkpoint_delete", 60: "memory_save", 61: "memory_load",
        70: "human_interrupt", 71: "human_resume", 80: "node_progress", 81: "node_thinking", 82: "node_substep",
        83: "node_warning", 90: "optimization_start", 91: "optimization_end",
    ]
}
