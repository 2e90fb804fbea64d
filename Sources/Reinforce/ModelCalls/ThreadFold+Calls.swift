import DashStream
import JSON

/// Where a token chunk is stored, and its place among those of its request.
struct StoredChunk {
    let index: UInt32
    let eventTime: Int64
    let position: Int
}

extension ThreadFold {
    /// Reads the thread's model calls, once its events are through.
    ///
    /// - Parameter stored: its token chunks, as they arrived.
    mutating func readCalls(
        _ stored: [(request: Text?, chunk: StoredChunk)],
        _ payload: RawSpan,
        _ trajectory: inout Trajectory
    ) {
        guard !calls.calls.isEmpty || !stored.isEmpty else { return }
        let chunks = stored.map(\.chunk)
        var streams: [GatheredCall] = []
        var streamNumbers: [Text: Int] = [:]
        let spans = heldSpans()
        for (number, entry) in stored.enumerated() {
            guard let request = entry.request else {
                // without an id it belongs to the call that alone was running
                if let call = spans.only(at: entry.chunk.eventTime) {
                    calls.addChunk(number, to: call)
                } else {
                    trajectory.callCounts.chunksWithoutCall += 1
                }
                continue
            }
            if let call = calls.call(request) {
                calls.addChunk(number, to: call)
            } else {
                let at = streamNumbers[request] ?? streams.count
                if at == streams.count {
                    streams.append(GatheredCall(request: request, order: 0, firstAt: entry.chunk.eventTime))
                    streamNumbers[request] = at
                }
                streams[at].firstAt = min(streams[at].firstAt, entry.chunk.eventTime)
                streams[at].chunks.append(number)
            }
        }
        let places = NodePlaces(nodes.executions, state.arena)
        var reader = CallReader()
        for (isCall, gathered) in [(true, calls.calls.sorted { $0.order < $1.order }), (false, streams)] {
            for call in gathered {
                var placed = call
                let visit = places.place(&placed)
                let own = ordered(placed, chunks)
                reader.read(placed, visit: visit, isCall: isCall, chunks: own, in: payload, &state.arena)
                nodes.add(reader.calls, chat: reader.chat)
                if nodes.isTooLarge { break }
            }
        }
        trajectory.calls = nodes.isTooLarge ? [] : reader.calls
        trajectory.callCounts.count(reader.calls)
        trajectory.callCounts.retries = calls.retries
        trajectory.callCounts.retriesWithoutCall = calls.droppedRetries
        if !nodes.isTooLarge { nodes.setRequests(of: reader.calls, state.arena) }
    }

    /// From the first LLM_START to what ended it.
    private func heldSpans() -> TimeSpans {
        var spans: [(number: Int, start: Int64, end: Int64)] = []
        for (number, call) in calls.calls.enumerated() {
            if let start = call.startedAt, let end = call.endedAt { spans.append((number, start, end)) }
        }
        return TimeSpans(spans)
    }

    /// Where a call's chunks are stored, in their order; those that a retry made void are left out.
    private func ordered(_ call: GatheredCall, _ chunks: [StoredChunk]) -> [Int] {
        call.chunks.filter { number in call.retriedAt.map { chunks[number].eventTime > $0 } ?? true }
            .sorted { a, b in
                (chunks[a].index, chunks[a].eventTime, a) < (chunks[b].index, chunks[b].eventTime, b)
            }
            .map { chunks[$0].position }
    }
}
