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
        let times = NodeTimes(nodes.executions)
        for chunk in chunks {
            guard let node = times.only(at: chunk.eventTime),
                let message = StoredMessage(in: payload, at: chunk.position)
            else { continue }
            change(node, &trajectory) { $0.append(TokenChunkView(validated: message.body)) }
            if nodes.isTooLarge { return }
        }
        readModelCalls(record, payload, times, &trajectory)
    }

    /// Changes what an engine generated within a node; what that adds to the rollout's size is counted.
    private mutating func change(_ node: Int, _ trajectory: inout Trajectory, _ body: (inout Generation) -> Void) {
        let generation = nodes.generation(of: node, in: &trajectory.generations)
        let before = trajectory.generations[generation].tokens
        body(&trajectory.generations[generation])
        nodes.add(tokens: trajectory.generations[generation].tokens - before)
        if nodes.isTooLarge { trajectory.generations = [] }
    }

    /// LLM_START and LLM_END carry what an engine knows beyond the chunks, within the same node's time.
    private mutating func readModelCalls(
        _ record: ThreadRecord,
        _ payload: RawSpan,
        _ times: NodeTimes,
        _ trajectory: inout Trajectory
    ) {
        for entry in record.entries where entry.isMain && entry.sequence <= record.terminator {
            guard let message = StoredMessage(in: payload, at: Int(entry.position)), message.kind == .event else {
                continue
            }
            let event = EventView(validated: message.body)
            guard event.eventType == EventCode.llmStart || event.eventType == EventCode.llmEnd else { continue }
            guard let node = times.only(at: message.eventTime) else { continue }
            change(node, &trajectory) { $0.append(event) }
            if nodes.isTooLarge { return }
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
