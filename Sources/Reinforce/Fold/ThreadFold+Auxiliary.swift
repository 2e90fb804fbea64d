import DashStream
import JSON

extension ThreadFold {
    /// Reads what has no place in the order: tools, and token chunks, which belong to the model calls.
    mutating func readAuxiliary(_ record: ThreadRecord, _ payload: RawSpan, _ trajectory: inout Trajectory) {
        var tools: Set<Text> = []
        var failed: Set<Text> = []
        var chunks: [(request: Text?, chunk: StoredChunk)] = []
        for entry in record.entries where !entry.isMain {
            guard let message = StoredMessage(in: payload, at: Int(entry.position)) else { continue }
            if message.kind == .toolExecution {
                let tool = ToolExecutionView(validated: message.body)
                guard let call = Text(utf8: tool.callID) else { continue }
                tools.insert(call)
                if tool.stage == 4 { failed.insert(call) }
            } else if message.kind == .tokenChunk {
                let chunk = TokenChunkView(validated: message.body)
                let stored = StoredChunk(
                    index: chunk.chunkIndex,
                    eventTime: message.eventTime,
                    position: Int(entry.position)
                )
                chunks.append((Text(utf8: chunk.requestID).nonEmpty, stored))
            }
        }
        trajectory.toolCalls = tools.count
        trajectory.toolFailures = failed.count
        readCalls(chunks, payload, &trajectory)
    }
}
