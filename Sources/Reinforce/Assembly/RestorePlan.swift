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
    private let firsts: Set<First>

    /// A plan from a checkpoint's position and the first messages of what was open.
    public init(position: Int64, firsts: some Sequence<First>) {
        self.position = position
        self.firsts = Set(firsts)
    }

    /// Whether the message at `offset` and `index` opened something that was still open.
    public func opens(_ offset: Int64, _ index: Int) -> Bool { firsts.contains(First(offset: offset, index: index)) }
}
