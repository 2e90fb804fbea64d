/// The nine kinds of messages that travel.
public enum MessageKind: UInt8, Sendable, Hashable, CaseIterable {
    /// Something happened in a graph.
    case event = 1
    /// How the state changed.
    case stateDiff
    /// A piece of what a model streams.
    case tokenChunk
    /// A stage of a tool's execution.
    case toolExecution
    /// The whole state.
    case checkpoint
    /// Measurements.
    case metrics
    /// An error's details.
    case error
    /// Several events in one record.
    case eventBatch
    /// A run told afterwards in one message.
    case executionTrace

    /// The name of the schema's field.
    public var name: String {
        switch self {
        case .event: "event"
        case .stateDiff: "state_diff"
        case .tokenChunk: "token_chunk"
        case .toolExecution: "tool_execution"
        case .checkpoint: "checkpoint"
        case .metrics: "metrics"
        case .error: "error"
        case .eventBatch: "event_batch"
        case .executionTrace: "execution_trace"
        }
    }
}
