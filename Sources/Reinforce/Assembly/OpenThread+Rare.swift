extension OpenThread {
    /// What few threads have: in memory of its own, since open threads are many.
    struct Rare {
        /// Finds entries by message id once they are many.
        var index: IdentityIndex?
        /// Main-lane sequences above `contiguous + 1` that are there.
        var ahead: Set<UInt64> = []
        var standIn: Int64?
        var knownEnd: RestorePlan.First?
        var spill = SpillMark()
    }

    /// Milliseconds that stand for the first record's timestamp, which could not be believed.
    var standIn: Int64? {
        get { rare.first?.standIn }
        set { if newValue != nil || !rare.isEmpty { change { $0.standIn = newValue } } }
    }

    /// It was over when the checkpoint was written: the first message that is not its own (a restart).
    var knownEnd: RestorePlan.First? {
        get { rare.first?.knownEnd }
        set { if newValue != nil || !rare.isEmpty { change { $0.knownEnd = newValue } } }
    }

    /// How much of it has been spilled.
    var spill: SpillMark {
        get {
            var mark = rare.first?.spill ?? SpillMark()
            mark.readAt = readAt
            return mark
        }
        set {
            readAt = newValue.readAt
            if newValue.isSpilled || !rare.isEmpty { change { $0.spill = newValue } }
        }
    }

    mutating func change(_ body: (inout Rare) -> Void) {
        if rare.isEmpty { rare.append(Rare()) }
        body(&rare[0])
    }
}
