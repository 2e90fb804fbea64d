/// A group that is through: in a batch, dropped, or taken out for a reason. Every thread of it gets its line by that.
public struct EndedGroup: Sendable {
    /// The group; in a batch with the advantages that the batch gave it.
    public let group: DecidedGroup
    /// Why everyone who counted until then is excluded; nil: the group is in a batch, or its status says why not.
    public let reason: ExclusionReason?
    /// The id of its batch; nil: it is in none.
    public let batch: String?
    /// What it would have come to, where it is too large: bytes, roughly.
    public let bytes: Int

    package init(_ group: DecidedGroup, _ reason: ExclusionReason? = nil, batch: String? = nil, bytes: Int = 0) {
        self.group = group
        self.reason = reason
        self.batch = batch
        self.bytes = bytes
    }

    /// A line of the ledger for each of its threads, those who came too late included.
    public func forEachEntry(_ body: (LedgerEntry) -> Void) {
        for member in group.members {
            let entry = LedgerEntry(member)
            body(reason.map { entry.excluded($0) } ?? entry)
        }
        for rollout in group.late { body(LedgerEntry(late: rollout)) }
    }
}

/// What became of groups by a step of ``GroupTask``.
public struct GroupOutput: Sendable {
    /// Batches that are ready, in order, with all their advantages.
    public internal(set) var batches: [Batch] = []
    /// Groups that are through, those of the batches included.
    public internal(set) var ended: [EndedGroup] = []
}
