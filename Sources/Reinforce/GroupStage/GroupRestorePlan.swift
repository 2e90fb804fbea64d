import DashStream

/// What a restart finds in the checkpoint of a partition of the scored topic.
public struct GroupRestorePlan: Sendable {
    /// The next offset to be read when the checkpoint was written.
    public let position: Int64
    /// The partition's time then.
    public let clock: StreamClock
    /// By the offset of a group's first record: how many offsets from there the decision had covered; 0: undecided.
    var covered: [Int64: Int]

    /// A plan.
    ///
    /// - Parameters:
    ///   - position: the checkpoint's.
    ///   - firsts: ``GroupStage/openFirsts`` as they were.
    ///   - clock: ``GroupStage/clock`` as it was.
    public init(position: Int64, firsts: some Sequence<RestorePlan.First>, clock: StreamClock) {
        self.position = position
        self.clock = clock
        covered = Dictionary(firsts.map { ($0.offset, $0.index) }, uniquingKeysWith: max)
    }

    /// The offset to read from: the least that an open group or the memory of closed ones still needs.
    public func readsFrom(_ configuration: GroupStageConfiguration) -> Int64 {
        let memory = clock.memoryStart(at: position, records: configuration.closedMemoryRecords)
        return max(0, min(covered.keys.min() ?? position, memory))
    }
}

extension StreamClock {
    /// The least offset of the memory of closed groups when `position` is the next one to be read.
    func memoryStart(at position: Int64, records: Int64) -> Int64 { min(reach, position.saturatingMinus(records)) }
}
