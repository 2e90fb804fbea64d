import DashStream
import JSON

/// Which model call a stored message speaks of, and when.
private struct Chunk {
    let request: Text
    let index: UInt32
    let eventTime: Int64
    let position: Int
}

extension ThreadFold {
    /// Reads what has no place in the order: tools, and tokens, which belong to the node whose time they lie within.
    mutating func readAuxiliary(_ record: ThreadRecord, _ payload: RawSpan, _ trajectory: inout Trajectory) {
        var calls: Set<Text> = []
        var failed: Set<Text> = []
        var chunks: [Chunk] = []
        for entry in record.entries where !entry.isMain {
            guard let message = StoredMessage(in: payload, at: Int(entry.position)) else { continue }
            if message.kind == .toolExecution {
                let tool = ToolExecutionView(validated: message.body)
                guard let call = Text(utf8: tool.callID) else { continue }
                calls.insert(call)
                if tool.stage == 4 { failed.insert(call) }
            } else if message.kind == .tokenChunk {
                let chunk = TokenChunkView(validated: message.body)
                guard let request = Text(utf8: chunk.requestID) else { continue }
                let position = Int(entry.position)
                chunks.append(
                    Chunk(request: request, index: chunk.chunkIndex, eventTime: message.eventTime, position: position)
                )
            }
        }
        trajectory.toolCalls = calls.count
        trajectory.toolFailures = failed.count
        guard !chunks.isEmpty else { return }
        chunks.sort { ($0.request, $0.index, $0.eventTime) < ($1.request, $1.index, $1.eventTime) }
        let times = nodes.executions
        for chunk in chunks {
            let inside = times.indices.filter {
                times[$0].startedAt <= chunk.eventTime && chunk.eventTime <= times[$0].endedAt
            }
            guard inside.count == 1, let node = inside.first,
                let message = StoredMessage(in: payload, at: chunk.position)
            else { continue }
            let generation = nodes.generation(of: node, in: &trajectory.generations)
            trajectory.generations[generation].append(TokenChunkView(validated: message.body))
        }
        readModelCalls(record, payload, &trajectory)
    }

    /// LLM_START and LLM_END carry what an engine knows beyond the chunks, within the same node's time.
    private mutating func readModelCalls(_ record: ThreadRecord, _ payload: RawSpan, _ trajectory: inout Trajectory) {
        for entry in record.entries where entry.isMain && entry.sequence <= record.terminator {
            guard let message = StoredMessage(in: payload, at: Int(entry.position)), message.kind == .event else {
                continue
            }
            let event = EventView(validated: message.body)
            guard event.eventType == EventCode.llmStart || event.eventType == EventCode.llmEnd else { continue }
            let inside = nodes.executions.indices.filter {
                nodes.executions[$0].startedAt <= message.eventTime && message.eventTime <= nodes.executions[$0].endedAt
            }
            guard inside.count == 1, let node = inside.first else { continue }
            let generation = nodes.generation(of: node, in: &trajectory.generations)
            trajectory.generations[generation].append(event)
        }
    }
}

extension NodeTracker {
    /// The index of a node execution's generation, made where there is none.
    mutating func generation(of node: Int, in generations: inout [Generation]) -> Int {
        if executions[node].generation < 0 {
            setGeneration(generations.count, of: node)
            generations.append(Generation())
        }
        return executions[node].generation
    }
}
