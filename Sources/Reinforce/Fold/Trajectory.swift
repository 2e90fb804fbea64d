import JSON

/// How a thread ended.
public enum Outcome: String, Sendable, Hashable, CaseIterable {
    /// GRAPH_END.
    case completed
    /// GRAPH_ERROR, or NODE_ERROR and nothing after it.
    case failed
    /// No terminator: cut off, silent, too old or too large.
    case incomplete
}

/// One execution of a node: the state before it, and the fields it changed.
struct NodeExecution: Sendable {
    var node: ByteRange
    var startSequence: UInt64
    var endSequence: UInt64
    /// NODE_END's own figure, microseconds.
    var duration: Int64
    /// Header times of NODE_START and NODE_END, microseconds.
    var startedAt: Int64
    var endedAt: Int64
    /// How many executions of the same node came before.
    var visit: Int
    /// An object state, verified at the start and at the end: it makes a sample.
    var isSample: Bool
    /// Ranges of the trajectory's `fields`.
    var inputs: ByteRange
    var outputs: ByteRange
    /// Keys that are gone, as ranges of `fields`.
    var removed: ByteRange
    /// Index into the trajectory's `calls` of the only request to a model within it; −1: none, or several.
    var request = -1
    /// Its own rewards, in the order of their names; empty where the fold does not keep them.
    var rewards: [TraceReward] = []
}

/// A field of a sample: its name inside a JSON string literal and its canonical text, both ranges of the arena.
struct SampleField: Sendable {
    var name: ByteRange
    var value: ByteRange
}

/// A finished thread, read: how it ended, what its nodes did, what its state was, whom it says it belongs to.
struct Trajectory: Sendable {
    var key: ThreadKey
    var outcome = Outcome.incomplete
    var hasStart = false
    /// Text that the ranges below refer to.
    var arena: [UInt8] = []
    /// Node executions that came to their end, in that order.
    var nodes: [NodeExecution] = []
    /// Node executions of which anything was seen.
    var nodesSeen = 0
    var fields: [SampleField] = []
    /// Requests to models: calls in the order of their starts, then those of which only the stream is known.
    var calls: [ModelCall] = []
    var callCounts = CallCounts()
    /// Places in the trace that name a pairing, in order.
    var places: [PairingPlace] = []
    var rewards: [TraceReward] = []
    var hasState = false
    var stateVerified = false
    var resyncs = 0
    /// SHA-256 of the final state; nil where it is not verified.
    var finalStateDigest: [UInt8]?
    /// The final state's fields; empty where it is no object.
    var finalFields: [SampleField] = []
    var finalIsObject = false
    var duplicates = 0
    var late = 0
    var missing: UInt64 = 0
    /// The first 1,000 of them.
    var missingSequences: [UInt64] = []
    var reordered = false
    var toolCalls = 0
    var toolFailures = 0
    /// Header times in microseconds: GRAPH_START's, and the deciding event's.
    var startedAt: Int64 = 0
    var endedAt: Int64 = 0
    /// Record times in milliseconds of the same two.
    var claimTime: Int64 = 0
    var decisionTime: Int64 = 0
    var source: SourceRange
    /// Record time of the first message, milliseconds.
    var openedAt: Int64 = 0
    /// What a checkpoint says of it until its output is committed.
    var entry: OpenEntry
    var traceparent: Text?
    /// Vectors for the instant-learning loop, where the fold captures them and the thread has any.
    var learning: LearningVectors?
    /// Bytes that its samples had come to when they were given up, since they were more than a rollout's may be; else 0.
    var tooLarge = 0
    /// Bytes of its record on the scored topic, where that was more than a record holds: its text was left out.
    var oversize = 0
}
