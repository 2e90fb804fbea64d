/// The way of decided groups into batches, one for a live run, a replay, `verify` and `compare`:
///
///     decided ── outcome(of: decided) ──────────────▶ ended: dropped, too large
///        │
///     rendered (on any thread) ── outcome(of: rendered) ▶ ended: too large
///        │
///       add ── waits for a full batch ── flush, finish ─▶ ended: in a batch, withheld
///
/// Every group that comes in comes out once as an ``EndedGroup``.
public struct GroupTask {
    /// By which rules.
    public let rules: BatchRules
    private var composer: BatchComposer
    /// Bytes of the groups that wait for their batch.
    public private(set) var waitingBytes = 0

    /// A task with nothing in it.
    public init(_ rules: BatchRules) {
        self.rules = rules
        composer = BatchComposer(rules.batches)
    }

    /// Nothing waits.
    public var isEmpty: Bool { composer.tenants.isEmpty }

    /// Where a group ends without being rendered; nil: it is to be rendered.
    public func outcome(of group: DecidedGroup) -> EndedGroup? {
        guard group.status == .ok else { return EndedGroup(group) }
        guard rules.isBounded else { return nil }
        // a rollout that came as a reference is a part of no record
        guard composer.isTooLarge(group) || group.members.contains(where: { $0.rollout.oversize > 0 }) else {
            return nil
        }
        return EndedGroup(group, .tooLarge, bytes: group.sampleBytes)
    }

    /// Where a group ends for what it was rendered to; nil: it is to be added.
    public func outcome(of group: RenderedGroup) -> EndedGroup? {
        guard rules.isBounded, isTooLarge(group) else { return nil }
        return EndedGroup(group.group, .tooLarge, bytes: group.body.count)
    }

    /// No record of a topic could hold the group.
    public func isTooLarge(_ group: RenderedGroup) -> Bool { composer.isTooLarge(group) }

    /// Adds a group; the batches that are ready by it leave.
    public mutating func add(_ group: RenderedGroup) -> GroupOutput {
        waitingBytes += group.body.count
        var output = GroupOutput()
        let (ready, withheld) = composer.add(group)
        withhold(withheld, &output)
        for batch in ready { finish(batch, &output) }
        return output
    }

    /// Lets what waits leave, as far as it is enough for a batch.
    public mutating func flush() -> GroupOutput {
        var output = GroupOutput()
        for tenant in composer.tenants { if let batch = composer.flush(tenant) { finish(batch, &output) } }
        return output
    }

    /// The end: what waits leaves, or is withheld where it is not enough for a batch.
    public mutating func finish() -> GroupOutput {
        var output = GroupOutput()
        for tenant in composer.tenants {
            if let batch = composer.flush(tenant) {
                finish(batch, &output)
            } else {
                withhold(composer.withdraw(tenant), &output)
            }
        }
        return output
    }

    private mutating func withhold(_ groups: [RenderedGroup], _ output: inout GroupOutput) {
        for group in groups {
            waitingBytes -= group.body.count
            output.ended.append(EndedGroup(group.group, .withheld))
        }
    }

    private mutating func finish(_ batch: Batch, _ output: inout GroupOutput) {
        for group in batch.groups { waitingBytes -= group.body.count }
        let finished = rules.finished(batch)
        output.batches.append(finished)
        for group in finished.groups { output.ended.append(EndedGroup(group.group, batch: finished.id)) }
    }
}
