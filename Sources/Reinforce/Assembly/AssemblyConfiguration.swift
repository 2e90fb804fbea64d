/// When a thread is over, and how much of it is kept.
public struct AssemblyConfiguration: Hashable, Sendable {
    /// Silence after which a thread is over, in milliseconds between its own records.
    public var idleTimeout: Int64 = 600_000
    /// How long a second GRAPH_START may follow GRAPH_END and still continue the run, in milliseconds; 0: never.
    public var resumeGrace: Int64 = 0
    /// Silence after a NODE_ERROR after which a thread without terminator has failed, in milliseconds.
    public var errorGrace: Int64 = 5_000
    /// Records of the partition that stragglers may still take after the terminator (live).
    public var reorderGraceRecords: Int64 = 256
    /// Time that stragglers may still take after the terminator, in milliseconds.
    public var reorderGrace: Int64 = 2_000
    /// Age at which a thread is closed as incomplete, in milliseconds from its first record.
    public var maxThreadAge: Int64 = 86_400_000
    /// Bytes at which a thread is closed as incomplete.
    public var maxThreadBytes: Int = 64 << 20
    /// Messages at which a thread is closed as incomplete; up to it the duplicate filter is exact.
    public var maxThreadEvents: Int = 100_000
    /// Offsets of a partition for which closed threads are remembered (live).
    public var closedMemoryRecords: Int64 = 200_000

    /// The defaults.
    public init() {}
}

/// Whether threads end by the partition's time as well, or by their own records alone.
public enum AssemblyMode: Sendable {
    /// Beside Kafka: stream time ends silent threads, and closed ones are forgotten after a while.
    case live
    /// Over a range that has an end: only a thread's own records end it, and nothing is forgotten.
    case replay
}
