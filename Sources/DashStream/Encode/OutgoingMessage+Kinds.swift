extension OutgoingMessage {
    /// Something that happened in a graph.
    ///
    /// - Parameters:
    ///   - type: the number of the `EventType`.
    ///   - duration: microseconds.
    public static func event(
        _ header: OutgoingHeader,
        type: Int32,
        node: String = "",
        attributes: [(String, OutgoingAttribute)] = [],
        duration: Int64 = 0,
        request: String = ""
    ) -> OutgoingMessage {
        var writer = MessageWriter()
        writer.varint(2, Int64(type))
        writer.text(3, node)
        for (name, value) in attributes {
            var entry = MessageWriter()
            entry.text(1, name)
            entry.message(2, value.encoded)
            writer.message(4, entry.bytes)
        }
        writer.varint(5, duration)
        writer.text(6, request)
        return OutgoingMessage(header: header, kind: .event, fields: writer.bytes)
    }

    /// One operation of a state diff.
    public struct Operation: Sendable, Hashable {
        /// The number of the `OpType`.
        public var op: Int32
        /// Where (RFC 6901).
        public var path: String
        /// The value as JSON.
        public var value: [UInt8]
        /// From where, for move and copy.
        public var from: String

        /// An operation.
        public init(op: Int32, path: String, value: [UInt8] = [], from: String = "") {
            self.op = op
            self.path = path
            self.value = value
            self.from = from
        }
    }

    /// How the state changed: by operations, or as a whole.
    public static func stateDiff(
        _ header: OutgoingHeader,
        operations: [Operation] = [],
        hash: [UInt8] = [],
        fullState: [UInt8] = []
    ) -> OutgoingMessage {
        var writer = MessageWriter()
        for operation in operations {
            var inner = MessageWriter()
            inner.varint(1, Int64(operation.op))
            inner.text(2, operation.path)
            inner.data(3, operation.value)
            inner.text(4, operation.from)
            writer.message(3, inner.bytes)
        }
        writer.data(4, hash)
        writer.data(5, fullState)
        return OutgoingMessage(header: header, kind: .stateDiff, fields: writer.bytes)
    }

    /// A piece of what a model streams.
    public static func tokenChunk(
        _ header: OutgoingHeader,
        request: String,
        text: String,
        index: UInt32,
        tokenIDs: [UInt32] = [],
        logprobs: [Float] = [],
        finishReason: Int32 = 0,
        model: String = ""
    ) -> OutgoingMessage {
        var writer = MessageWriter()
        writer.text(2, request)
        writer.text(3, text)
        writer.varints(4, tokenIDs)
        writer.floats(5, logprobs)
        writer.varint(6, UInt64(index))
        writer.varint(7, UInt64(finishReason == 0 ? 0 : 1))
        writer.varint(8, Int64(finishReason))
        writer.text(9, model)
        return OutgoingMessage(header: header, kind: .tokenChunk, fields: writer.bytes)
    }

    /// A stage of a tool's execution.
    public static func toolExecution(
        _ header: OutgoingHeader,
        call: String,
        tool: String,
        stage: Int32,
        arguments: [UInt8] = [],
        result: [UInt8] = [],
        error: String = "",
        duration: Int64 = 0
    ) -> OutgoingMessage {
        var writer = MessageWriter()
        writer.text(2, call)
        writer.text(3, tool)
        writer.varint(4, Int64(stage))
        writer.data(5, arguments)
        writer.data(6, result)
        writer.text(7, error)
        writer.varint(9, duration)
        return OutgoingMessage(header: header, kind: .toolExecution, fields: writer.bytes)
    }

    /// The whole state of a thread.
    ///
    /// - Parameter checksum: SHA-256 of `state`, which is not packed.
    public static func checkpoint(_ header: OutgoingHeader, id: [UInt8], state: [UInt8], checksum: [UInt8])
        -> OutgoingMessage
    {
        var writer = MessageWriter()
        writer.data(2, id)
        writer.data(3, state)
        writer.text(4, "json")
        writer.data(5, checksum)
        return OutgoingMessage(header: header, kind: .checkpoint, fields: writer.bytes)
    }

    /// Measurements, as floats.
    public static func metrics(_ header: OutgoingHeader, scope: String, scopeID: String, values: [(String, Double)])
        -> OutgoingMessage
    {
        var writer = MessageWriter()
        writer.text(2, scope)
        writer.text(3, scopeID)
        for (name, value) in values {
            var inner = MessageWriter()
            inner.double(2, value)
            var entry = MessageWriter()
            entry.text(1, name)
            entry.message(2, inner.bytes)
            writer.message(4, entry.bytes)
        }
        return OutgoingMessage(header: header, kind: .metrics, fields: writer.bytes)
    }

    /// An error's details.
    public static func error(_ header: OutgoingHeader, code: String, message: String) -> OutgoingMessage {
        var writer = MessageWriter()
        writer.text(2, code)
        writer.text(3, message)
        return OutgoingMessage(header: header, kind: .error, fields: writer.bytes)
    }

    /// Several events in one record.
    public static func batch(_ header: OutgoingHeader, _ events: [OutgoingMessage]) -> OutgoingMessage {
        var writer = MessageWriter()
        for event in events { writer.message(2, event.body) }
        return OutgoingMessage(header: header, kind: .eventBatch, fields: writer.bytes)
    }

    /// A run told afterwards in one message.
    public static func executionTrace(_ header: OutgoingHeader, finalState: [UInt8], isCompleted: Bool)
        -> OutgoingMessage
    {
        var writer = MessageWriter()
        writer.text(2, header.threadID)
        writer.varint(8, UInt64(isCompleted ? 1 : 0))
        writer.data(11, finalState)
        return OutgoingMessage(header: header, kind: .executionTrace, fields: writer.bytes)
    }
}
