internal import Reinforce

/// The checkpoints of a partition, one after the other: a short list of what is open is told whole every time. One that is
/// too long to stand beside an offset is told whole once, and then by what has changed since, until that has grown too.
struct CheckpointSeries {
    /// The last one that is committed, without its list; nil: none is.
    private(set) var committed: Checkpoint?
    /// What was open at the last one that was made, and at the last one that was committed, by the number of its change.
    private var (versionMade, versionCommitted): (UInt64, UInt64?) = (0, nil)
    /// The last checkpoint that was told whole, and stands on the checkpoints topic.
    private var base: CheckpointBase?
    /// What has changed since.
    private var changes = OpenChanges()
    /// Changes that were written since, each as often as it was.
    private var changesWritten = 0
    private let few: Int
    private let fewChanges: Int

    /// - Parameters:
    ///   - committed: what a restart has gone on from; nil: nothing was committed.
    ///   - few: so many entries are told whole again although there is a base.
    ///   - fewChanges: so many changes are told beside a base whatever its size.
    init(committed: Checkpoint? = nil, few: Int = 256, fewChanges: Int = 512) {
        self.committed = committed?.withoutEntries
        self.few = few
        self.fewChanges = fewChanges
    }

    /// Whether a partition has read on, or something else is open, since the last one was committed.
    func hasChanged(position: Int64, version: UInt64) -> Bool {
        guard let committed, let versionCommitted else { return true }
        return position != committed.position || version != versionCommitted
    }

    /// The next checkpoint.
    ///
    /// - Parameters:
    ///   - head: all of it but its entries.
    ///   - version: counts changes of what is open.
    ///   - count: entries that there are.
    ///   - recent: what has changed since the last one was made, whatever became of it.
    ///   - all: every entry; asked for only where it is told whole.
    mutating func next(
        _ head: Checkpoint,
        version: UInt64,
        count: Int,
        recent: OpenChanges,
        all: () -> [OpenEntry]
    ) -> Checkpoint {
        versionMade = version
        changes.add(recent)
        var checkpoint = head
        // what is written of changes in all comes to no more than a whole list or two
        guard var base, count > few, changes.count <= max(fewChanges, count / 4),
            changesWritten + changes.count <= max(fewChanges, 2 * count)
        else {
            checkpoint.entries = all().sorted()
            return checkpoint
        }
        changesWritten += changes.count
        base.closed = changes.closed.sorted()
        checkpoint.base = base
        checkpoint.entries = changes.opened.values.sorted()
        return checkpoint
    }

    /// The last checkpoint that was made is committed.
    ///
    /// - Parameter metadata: what stands beside its offset.
    mutating func confirm(_ checkpoint: Checkpoint, metadata: String) {
        versionCommitted = versionMade
        committed = checkpoint.withoutEntries
        guard checkpoint.base == nil else { return }
        base = CheckpointPointer(metadata).map { CheckpointBase(pointer: $0, committed: checkpoint.position) }
        changes = OpenChanges()
        changesWritten = 0
    }
}

extension Checkpoint {
    /// What is compared with the state later; its list may be long.
    fileprivate var withoutEntries: Checkpoint {
        var rest = self
        rest.entries = []
        rest.base = nil
        return rest
    }
}
