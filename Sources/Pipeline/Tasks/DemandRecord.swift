internal import JSON
internal import Reinforce

/// A record of the demand topic: what an example lacks after a group of it, so that agents can try it again. The record of a
/// group that lacks nothing is a tombstone: what the topic holds when it is compacted is what is wanted.
///
/// It says nothing but what the group itself says, so that it is the same whoever writes it.
struct DemandRecord {
    /// Tenant and example, with a slash between.
    let key: [UInt8]
    /// A JSON object; nil: nothing is wanted.
    let value: [UInt8]?

    /// - Parameters:
    ///   - group: how it was decided.
    ///   - exclusion: why it was not written though it was decided well.
    init(_ group: DecidedGroup, _ exclusion: ExclusionReason?) {
        let facts = GroupFacts(group)
        key = Array(facts.key.tenant.utf8) + [UInt8(ascii: "/")] + Array(facts.example.utf8)
        let isUsed = facts.status == .ok || facts.status == .zeroVariance
        let votes = isUsed && exclusion == nil ? facts.statistics.votes : 0
        let missing = max(0, facts.expectedSize - votes)
        let lacksSignal = votes > 0 && facts.kind != .informative
        guard missing > 0 || lacksSignal else {
            value = nil
            return
        }
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("tenant_id", facts.key.tenant.string)
            writer.field("example_id", facts.example.string)
            writer.field("group_id", facts.key.group.string)
            writer.field("policy_version", facts.policyVersion.string)
            writer.array("lacks", (missing > 0 ? ["rollouts"] : []) + (lacksSignal ? ["signal"] : [])) {
                $0.string($1)
            }
            writer.field("missing_rollouts", missing)
            writer.field("expected_size", facts.expectedSize)
            writer.field("votes", votes)
            writer.field("status", exclusion?.rawValue ?? facts.status.rawValue)
            writer.field("signal", facts.kind.rawValue)
            writer.field("outcome_mean", optional: votes > 0 ? facts.statistics.outcomeMean : nil)
            writer.field("decided_at_us", facts.decidedAt)
        }
        value = writer.bytes
    }
}
