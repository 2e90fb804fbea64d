/// One message of a thread, in its place among the others.
public struct TimelineEntry: Sendable {
    /// A field of the state before and after, as canonical JSON.
    public struct Change: Sendable, Hashable {
        /// The top-level field, as it stands in a JSON string literal; empty: the whole state, which is no object.
        public let field: String
        /// Before; nil: it was not there.
        public let before: String?
        /// After; nil: it is gone.
        public let after: String?
    }

    /// What the message is to its thread.
    public enum Standing: String, Sendable, Hashable {
        /// It is ordered by its sequence.
        case main
        /// It has no order: told beside the node whose time it lies within.
        case auxiliary
        /// Its sequence is above the terminator's.
        case late
    }

    /// Where its record stands.
    public let position: RecordPosition
    /// Which message of its record it is, from 0.
    public let index: Int
    /// Hexadecimal.
    public let messageID: String
    /// Position in one of the thread's counters.
    public let sequence: UInt64
    /// The producer's clock, microseconds.
    public let eventTime: Int64
    /// `node_start`, `state_diff`, …
    public let kind: String
    /// The node it speaks of; empty: none.
    public let node: String
    /// What it is to its thread.
    public let standing: Standing
    /// What else it says: names and short values.
    public internal(set) var details: [(name: String, value: String)]
    /// Where the same message stands again.
    public internal(set) var duplicates: [RecordPosition] = []
    /// Sequence numbers that are missing just before it.
    public internal(set) var missingBefore: UInt64 = 0
    /// What it changes of the state; of a node's end, what changed since its start.
    public internal(set) var changes: [Change] = []
    /// The state is known to be the producer's after it; nil: it says nothing of the state.
    public internal(set) var isVerified: Bool?
}
