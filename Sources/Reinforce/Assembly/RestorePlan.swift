/// What a restart finds in the checkpoint of a partition: the position it had reached, and what was open there.
public struct RestorePlan: Hashable, Sendable {
    /// Names the message that opened a thread: a batch record can open several.
    public struct First: Hashable, Comparable, Sendable {
        /// Offset of the record.
        public let offset: Int64
        /// Index of the message within it.
        public let index: Int

        /// Names a message.
        public init(offset: Int64, index: Int) {
            self.offset = offset
            self.index = index
        }

        /// In the order of the log.
        public static func < (a: First, b: First) -> Bool { (a.offset, a.index) < (b.offset, b.index) }
    }

    /// The next offset to be read when the checkpoint was written.
    public let position: Int64
    /// What was open, by the least offset each still needs.
    public let entries: [OpenEntry]
    /// The partition's time then, milliseconds; nil: no timestamp had been believable.
    public let streamTime: Int64?
    /// What the log must hold where it is read again.
    public let anchor: LogAnchor

    /// A plan from a checkpoint's position and what was open there.
    public init(position: Int64, streamTime: Int64?, entries: [OpenEntry], anchor: LogAnchor = LogAnchor()) {
        self.position = position
        self.streamTime = streamTime
        self.entries = entries.sorted()
        self.anchor = anchor
    }

    /// The least offset that is still needed; the position where nothing is.
    public var low: Int64 { entries.first?.low ?? position }
}
