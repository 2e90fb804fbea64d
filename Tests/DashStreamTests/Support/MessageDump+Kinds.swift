import DashStream
import JSON

extension MessageDump {
    static func event(_ event: borrowing EventView, _ header: borrowing Header) -> JSONValue {
        var dump = MessageDump()
        dump.header(header)
        dump.name("event_type", event.eventType, EnumNames.eventType)
        dump.text("node_id", event.nodeID)
        var attributes: [(Text, JSONValue)] = []
        event.forEachAttribute { attributes.append((Text(array($0)), attribute($1))) }
        dump.map("attributes", attributes)
        dump.long("duration_us", event.durationMicroseconds)
        dump.text("llm_request_id", event.llmRequestID)
        return dump.value
    }

    static func attribute(_ value: borrowing AttributeView) -> JSONValue {
        var fields: [(Text, JSONValue)] = []
        if let string = value.string { fields.append(("string_value", .string(Text(array(string))))) }
        if let number = value.integer { fields.append(("int_value", .string(Text("\(number)")))) }
        if let number = value.float { fields.append(("float_value", float(number))) }
        if let flag = value.boolean { fields.append(("bool_value", .bool(flag))) }
        if let bytes = value.bytes { fields.append(("bytes_value", .string(base64(bytes)))) }
        if value.kind == 6 {
            var elements: [JSONValue] = []
            value.forEachElement { elements.append(attribute($0)) }
            var inner = MessageDump()
            inner.list("values", elements)
            fields.append(("array_value", inner.value))
        }
        if value.kind == 7 {
            var entries: [(Text, JSONValue)] = []
            value.forEachEntry { entries.append((Text(array($0)), attribute($1))) }
            var inner = MessageDump()
            inner.map("values", entries)
            fields.append(("map_value", inner.value))
        }
        return .object(JSONObject(fields))
    }

    static func stateDiff(_ diff: borrowing StateDiffView, _ header: borrowing Header) -> JSONValue {
        var dump = MessageDump()
        dump.header(header)
        dump.bytes("base_checkpoint_id", diff.baseCheckpointID)
        var operations: [JSONValue] = []
        var cursor = diff.operations
        while let operation = cursor.next() {
            var inner = MessageDump()
            inner.name("op", operation.op, EnumNames.opType)
            inner.text("path", operation.path)
            inner.bytes("value", operation.value)
            inner.text("from", operation.from)
            inner.name("encoding", operation.encoding, EnumNames.valueEncoding)
            operations.append(inner.value)
        }
        dump.list("operations", operations)
        dump.bytes("state_hash", diff.stateHash)
        dump.bytes("full_state", diff.fullState)
        return dump.value
    }

    static func tokenChunk(_ chunk: borrowing TokenChunkView, _ header: borrowing Header) -> JSONValue {
        var dump = MessageDump()
        dump.header(header)
        dump.text("request_id", chunk.requestID)
        dump.text("text", chunk.text)
        var ids: [JSONValue] = []
        chunk.forEachTokenID { ids.append(.integer(Int64($0))) }
        dump.list("token_ids", ids)
        var logprobs: [JSONValue] = []
        chunk.forEachLogprob { logprobs.append(float($0)) }
        dump.list("logprobs", logprobs)
        dump.number("chunk_index", chunk.chunkIndex)
        dump.flag("is_final", chunk.isFinal)
        dump.name("finish_reason", chunk.finishReason, EnumNames.finishReason)
        dump.text("model", chunk.model)
        var stats = MessageDump()
        stats.number("prompt_tokens", chunk.promptTokens)
        stats.number("completion_tokens", chunk.completionTokens)
        stats.number("total_tokens", chunk.totalTokens)
        if !stats.fields.isEmpty { dump.map("stats", stats.fields) }
        return dump.value
    }

    static func toolExecution(_ tool: borrowing ToolExecutionView, _ header: borrowing Header) -> JSONValue {
        var dump = MessageDump()
        dump.header(header)
        dump.text("call_id", tool.callID)
        dump.text("tool_name", tool.toolName)
        dump.name("stage", tool.stage, EnumNames.executionStage)
        dump.bytes("arguments", tool.arguments)
        dump.bytes("result", tool.result)
        dump.text("error", tool.error)
        if let details = tool.errorDetails {
            var inner = MessageDump()
            if let header = details.header { inner.header(header) }
            inner.error(details)
            dump.set("error_details", inner.value)
        }
        dump.long("duration_us", tool.durationMicroseconds)
        dump.number("retry_count", tool.retryCount)
        return dump.value
    }

    mutating func error(_ error: borrowing ErrorView) {
        text("error_code", error.code)
        text("message", error.message)
        text("stack_trace", error.stackTrace)
        var context: [(Text, JSONValue)] = []
        error.forEachContext { context.append((Text(array($0)), .string(Text(array($1))))) }
        map("context", context)
        name("severity", error.severity, EnumNames.severity)
        text("exception_type", error.exceptionType)
        var suggestions: [JSONValue] = []
        error.forEachSuggestion { suggestions.append(.string(Text(array($0)))) }
        list("suggestions", suggestions)
    }
}
