/// The first record of every group that is open, in order, and how they have changed.
struct OpenFirsts {
    private var list = RunningList<Int64, RestorePlan.First>()
    private(set) var changes = OpenChanges()
    /// Counts changes.
    private(set) var version: UInt64 = 0

    var count: Int { list.count }
    var lowest: Int64? { list.first?.key }
    var all: some Sequence<RestorePlan.First> { list.all.lazy.map(\.value) }

    mutating func open(_ first: RestorePlan.First) {
        list.insert(first.offset, first)
        changes.open(OpenEntry(first: first))
        version &+= 1
    }

    /// A group is decided, or is so no more.
    mutating func change(_ first: RestorePlan.First) {
        guard let old = list[first.offset], old != first else { return }
        list[first.offset] = first
        changes.close(old)
        changes.open(OpenEntry(first: first))
        version &+= 1
    }

    mutating func close(_ offset: Int64) {
        guard let old = list[offset] else { return }
        list.remove(offset)
        changes.close(old)
        version &+= 1
    }

    /// Hands over what has changed since this was asked last.
    mutating func takeChanges() -> OpenChanges {
        defer { changes = OpenChanges() }
        return changes
    }
}
