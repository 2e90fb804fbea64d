internal import Reinforce

/// The checkpoints of a partition, one after the other: a short list of what is open is told whole every time. One that is
/// too long to stand beside an offset is told whole once, and then by what has changed since, until that has grown too.
struct CheckpointSeries {
    /// The last checkpoint that was told whole, and stands on the checkpoints topic.
    private var base: CheckpointBase?
    /// What has changed since.
    private var changes = OpenChanges()
    private let few: Int
    private let fewChanges: Int

    /// - Parameters:
    ///   - few: so many entries are told whole again although there is a base.
    ///   - fewChanges: so many changes are told beside a base whatever its size.
    init(few: Int = 256, fewChanges: Int = 512) {
        self.few = few
        self.fewChanges = fewChanges
    }

    /// The next checkpoint.
    ///
    /// - Parameters:
    ///   - head: all of it but its entries.
    ///   - count: entries that there are.
    ///   - recent: what has changed since the last one was made, whatever became of it.
    ///   - all: every entry; asked for only where it is told whole.
    mutating func next(_ head: Checkpoint, count: Int, recent: OpenChanges, all: () -> [OpenEntry]) -> Checkpoint {
        changes.add(recent)
        var checkpoint = head
        guard var base, count > few, changes.count <= max(fewChanges, count / 4) else {
            checkpoint.entries = all().sorted()
            return checkpoint
        }
        base.closed = changes.closed.sorted()
        checkpoint.base = base
        checkpoint.entries = changes.opened.values.sorted()
        return checkpoint
    }

    /// A checkpoint was committed.
    ///
    /// - Parameters:
    ///   - checkpoint: the last one that was made.
    ///   - metadata: what stands beside the offset for it.
    ///   - offset: that offset.
    mutating func committed(_ checkpoint: Checkpoint, metadata: String, at offset: Int64) {
        guard checkpoint.base == nil else { return }
        base = CheckpointPointer(metadata).map { CheckpointBase(pointer: $0, committed: offset) }
        changes = OpenChanges()
    }
}
