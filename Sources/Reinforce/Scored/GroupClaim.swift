public import JSON

/// A thread that runs has taken a slot of a group.
public struct GroupClaim: Hashable, Sendable {
    /// The thread.
    public let key: ThreadKey
    /// The group.
    public let groupID: Text
    /// The example it tries.
    public let exampleID: Text
    /// The policy that acts.
    public let policyVersion: Text
    /// Its slot in the group, from 0.
    public let slot: Int
    /// Rollouts the group is meant to have, at least 1.
    public let groupSize: Int
    /// Which try at its slot this is.
    public let attempt: Int
    /// Record time of its GRAPH_START, milliseconds.
    public let time: Int64

    /// What a paired thread claims.
    ///
    /// - Parameters:
    ///   - key: the thread.
    ///   - pairing: whom it belongs to.
    ///   - time: record time of its GRAPH_START, milliseconds.
    public init(_ key: ThreadKey, _ pairing: Pairing, time: Int64) {
        self.key = key
        groupID = pairing.groupID
        exampleID = pairing.exampleID
        policyVersion = pairing.policyVersion
        slot = pairing.rolloutIndex
        groupSize = pairing.groupSize
        attempt = pairing.attempt
        self.time = time
    }

    /// The group it is a claim on.
    public var groupKey: GroupKey { GroupKey(tenant: key.tenant, group: groupID) }

    /// What deciding a group needs of it.
    public var pending: PendingClaim { PendingClaim(time: time, slot: slot, groupSize: groupSize) }
}

/// A thread has given up its slot: it came to nothing, or belongs elsewhere after all.
public struct ClaimWithdrawal: Hashable, Sendable {
    /// The thread.
    public let key: ThreadKey
    /// The group it had claimed a slot of.
    public let groupID: Text

    /// A withdrawal.
    public init(_ key: ThreadKey, groupID: Text) {
        self.key = key
        self.groupID = groupID
    }

    /// The group.
    public var groupKey: GroupKey { GroupKey(tenant: key.tenant, group: groupID) }
}
