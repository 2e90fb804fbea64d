public import Reinforce

/// What is committed beside an offset: how far a partition was read, what was open there, and who says so.
public struct Checkpoint: Hashable, Sendable {
    /// The format of a text that says all by itself.
    static let wholeFormat = 2
    /// The format of one that says what has changed since an earlier one; the newest that a reader knows.
    public static let format = 3
    /// Counts changes of what makes a thread accept or refuse a message: a restart of another version may decide
    /// otherwise about messages that were read before.
    public static let currentCode: UInt16 = 1

    /// The next offset to be read.
    public var position: Int64
    /// The partition's time, milliseconds since 1970; nil: none yet.
    public var streamTime: Int64?
    /// What is not finished business yet; beside a ``base``, what of it is not said there.
    public var entries: [OpenEntry]
    /// The earlier checkpoint whose entries count too; nil: ``entries`` are all there are.
    public var base: CheckpointBase?
    /// Who wrote it.
    public var token: CommitToken
    /// How many partitions the topic had: with another number, threads would have moved.
    public var partitions: Int32
    /// What the log must hold where it is read again.
    public var anchor: LogAnchor
    /// The least offset that the memory of what is closed reaches back to, where records alone do not tell it.
    public var memoryLow: Int64?
    /// What a stage keeps beside all that, in a form of its own.
    public var extra: [UInt8]
    /// The code version of the writer.
    public var code = Self.currentCode

    /// A checkpoint.
    public init(
        position: Int64,
        streamTime: Int64?,
        entries: [OpenEntry],
        token: CommitToken = CommitToken(writer: 0, sequence: 0),
        partitions: Int32 = 0,
        anchor: LogAnchor = LogAnchor(),
        memoryLow: Int64? = nil,
        extra: [UInt8] = []
    ) {
        self.position = position
        self.streamTime = streamTime
        self.entries = entries.sorted()
        self.token = token
        self.partitions = partitions
        self.anchor = anchor
        self.memoryLow = memoryLow
        self.extra = extra
    }

    /// The checkpoint that says all by itself.
    ///
    /// - Parameter earlier: what its ``base`` points at.
    public func whole(on earlier: Checkpoint) -> Checkpoint {
        guard let base else { return self }
        let closed = Set(base.closed)
        var whole = self
        whole.base = nil
        whole.entries = (earlier.entries.filter { !closed.contains($0.first) } + entries).sorted()
        return whole
    }

    /// The first offset that is still needed for what is open; to be asked of one without a ``base`` only.
    public var low: Int64 { entries.first?.low ?? position }

    /// Where a restart begins to read.
    ///
    /// - Parameter memory: offsets of the partition for which closed threads are remembered.
    public func start(memory: Int64) -> Int64 {
        let remembered = memory < position ? position - max(0, memory) : 0
        return max(0, min(low, memoryLow ?? remembered))
    }

    /// The plan by which a stage takes up what was open.
    public var plan: RestorePlan {
        RestorePlan(position: position, streamTime: streamTime, entries: entries, anchor: anchor)
    }
}
