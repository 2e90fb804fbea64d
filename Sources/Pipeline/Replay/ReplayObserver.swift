package import JSON
package import Reinforce

/// Watches what a replay decides; called on one thread. Groups are decided in an order of no meaning, and end in the order
/// of their event time where they are written.
package protocol ReplayObserver: AnyObject {
    /// Everything was read; the topics it came from, by their numbers.
    func began(topics: [Text])
    /// A group was decided, before it is put into a batch.
    ///
    /// - Parameter policies: what staleness was judged by.
    func decided(_ group: DecidedGroup, _ policies: PolicyHistory)
    /// A group came to its end: written (no reason, advantages as its batch has them), dropped (its status says why), or
    /// taken out for a reason.
    func ended(_ group: DecidedGroup, _ reason: ExclusionReason?)
    /// A thread came to its end.
    func ended(_ entry: LedgerEntry)
}

extension ReplayObserver {
    package func began(topics: [Text]) {}
    package func decided(_ group: DecidedGroup, _ policies: PolicyHistory) {}
    package func ended(_ group: DecidedGroup, _ reason: ExclusionReason?) {}
    package func ended(_ entry: LedgerEntry) {}
}
