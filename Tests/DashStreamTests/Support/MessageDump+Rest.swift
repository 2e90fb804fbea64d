import DashStream
import JSON

extension MessageDump {
    static func checkpoint(_ checkpoint: borrowing CheckpointView, _ header: borrowing Header) -> JSONValue {
        var dump = MessageDump()
        dump.header(header)
        dump.bytes("checkpoint_id", checkpoint.checkpointID)
        dump.bytes("state", checkpoint.state)
        dump.text("state_type", checkpoint.stateType)
        dump.bytes("checksum", checkpoint.checksum)
        dump.text("storage_uri", checkpoint.storageURI)
        var info = MessageDump()
        info.name("type", checkpoint.compressionType, EnumNames.compressionType)
        info.long("compressed_size", checkpoint.compressedSize)
        info.long("uncompressed_size", checkpoint.uncompressedSize)
        if checkpoint.compressionRatio != 0 || checkpoint.compressionRatio.isNaN {
            dump.map("compression_info", info.fields + [("compression_ratio", float(checkpoint.compressionRatio))])
        } else {
            dump.map("compression_info", info.fields)
        }
        var metadata: [(Text, JSONValue)] = []
        checkpoint.forEachMetadata { metadata.append((Text(array($0)), .string(Text(array($1))))) }
        dump.map("metadata", metadata)
        return dump.value
    }

    static func metrics(_ metrics: borrowing MetricsView, _ header: borrowing Header) -> JSONValue {
        var dump = MessageDump()
        dump.header(header)
        dump.text("scope", metrics.scope)
        dump.text("scope_id", metrics.scopeID)
        var values: [(Text, JSONValue)] = []
        metrics.forEachMetric { metric in
            var inner: [(Text, JSONValue)] = []
            if let number = metric.integer { inner.append(("int_value", .string(Text("\(number)")))) }
            if let number = metric.float { inner.append(("float_value", float(number))) }
            if let string = metric.string { inner.append(("string_value", .string(Text(array(string))))) }
            if let flag = metric.boolean { inner.append(("bool_value", .bool(flag))) }
            if let bytes = metric.bytes { inner.append(("bytes_value", .string(base64(bytes)))) }
            var rest = MessageDump()
            rest.text("unit", metric.unit)
            rest.name("type", metric.type, EnumNames.metricType)
            values.append((Text(array(metric.name)), .object(JSONObject(inner + rest.fields))))
        }
        dump.map("metrics", values)
        var tags: [(Text, JSONValue)] = []
        metrics.forEachTag { tags.append((Text(array($0)), .string(Text(array($1))))) }
        dump.map("tags", tags)
        return dump.value
    }

    static func executionTrace(_ trace: borrowing ExecutionTraceView, _ header: borrowing Header) -> JSONValue {
        var dump = MessageDump()
        dump.header(header)
        dump.text("thread_id", trace.threadID)
        dump.text("execution_id", trace.executionID)
        var nodes: [JSONValue] = []
        trace.forEachNode { node in
            var inner = MessageDump()
            inner.text("node", node.node)
            inner.long("duration_ms", node.durationMilliseconds)
            inner.long("prompt_tokens", node.promptTokens)
            inner.long("completion_tokens", node.completionTokens)
            inner.long("total_tokens", node.totalTokens)
            inner.flag("succeeded", node.succeeded)
            inner.text("started_at", node.startedAt)
            inner.text("ended_at", node.endedAt)
            inner.bytes("input", node.input)
            inner.bytes("output", node.output)
            var metadata: [(Text, JSONValue)] = []
            node.forEachMetadata { metadata.append((Text(array($0)), .string(Text(array($1))))) }
            inner.map("metadata", metadata)
            nodes.append(inner.value)
        }
        dump.list("nodes_executed", nodes)
        dump.long("total_duration_ms", trace.totalDurationMilliseconds)
        dump.long("total_tokens", trace.totalTokens)
        var errors: [JSONValue] = []
        trace.forEachError { error in
            var inner = MessageDump()
            inner.text("node", error.node)
            inner.text("message", error.message)
            inner.text("error_code", error.code)
            inner.text("timestamp", error.timestamp)
            inner.flag("recovered", error.recovered)
            inner.text("stack_trace", error.stackTrace)
            errors.append(inner.value)
        }
        dump.list("errors", errors)
        dump.flag("completed", trace.isCompleted)
        dump.text("started_at", trace.startedAt)
        dump.text("ended_at", trace.endedAt)
        dump.bytes("final_state", trace.finalState)
        var metadata: [(Text, JSONValue)] = []
        trace.forEachMetadata { metadata.append((Text(array($0)), .string(base64($1)))) }
        dump.map("metadata", metadata)
        return dump.value
    }
}
