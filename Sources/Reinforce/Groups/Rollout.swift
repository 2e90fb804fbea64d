import JSON

/// A thread that was paired: one attempt of one policy at one example.
public final class Rollout: Sendable {
    /// The thread.
    public let key: ThreadKey
    /// Whom it belongs to.
    public let pairing: Pairing
    /// Its reward, where it counts.
    public let reward: Double?
    /// What the reward was made of.
    public let rewards: [RewardValue]
    /// Why its reward does not count.
    public let exclusion: ExclusionReason?
    let trajectory: Trajectory

    init(
        _ trajectory: Trajectory,
        _ pairing: Pairing,
        _ score: (reward: Result<Double, Exclusion>, values: [RewardValue])
    ) {
        key = trajectory.key
        self.pairing = pairing
        self.trajectory = trajectory
        rewards = score.values
        switch score.reward {
        case .success(let reward):
            self.reward = reward
            exclusion = nil
        case .failure(let failure):
            reward = nil
            exclusion = failure.reason
        }
    }

    /// How the thread ended.
    public var outcome: Outcome { trajectory.outcome }
    /// Kafka time of its GRAPH_START's record, milliseconds.
    public var claimTime: Int64 { trajectory.claimTime }
    /// Kafka time of the record with its deciding event, milliseconds.
    public var decisionTime: Int64 { trajectory.decisionTime }
    /// Header time of its deciding event, microseconds.
    public var endedAt: Int64 { trajectory.endedAt }
    /// Where its records stand.
    public var source: SourceRange { trajectory.source }

    /// Bytes that it holds, roughly.
    public var heldBytes: Int { trajectory.heldBytes + (learning?.byteCount ?? 0) + saidBytes }
    /// Bytes of what was said beside its rewards.
    var saidBytes: Int { rewards.reduce(0) { $0 + ($1.source?.byteCount ?? 0) } }
    /// Vectors for the instant-learning loop; nil where the thread has none, or they are not captured.
    public var learning: LearningVectors? { trajectory.learning }

    /// The group it is compared within.
    public var groupKey: GroupKey { GroupKey(tenant: key.tenant, group: pairing.groupID) }
    /// The samples it gives.
    var samples: LazyFilterSequence<[NodeExecution]> { trajectory.nodes.lazy.filter(\.isSample) }
}
