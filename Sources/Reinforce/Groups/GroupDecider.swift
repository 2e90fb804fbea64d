import DashStream
import JSON

/// Decides closed groups: conflicts, staleness, advantages.
public struct GroupDecider: Sendable {
    let configuration: GroupConfiguration
    let estimator: Estimator
    let outcome: Text?
    let rewards: RewardConfiguration
    /// What was said of whole groups; nil: they are decided without it, and ``needsRanks(_:)`` tells for whom somebody is to
    /// be asked.
    let ranks: RewardRecords?
    /// The table that rollouts are paired with.
    public var examples: ExampleTable
    /// What staleness is judged by.
    public var policies: PolicyHistory

    /// - Parameters:
    ///   - configuration: which groups count.
    ///   - estimator: what makes advantages of rewards.
    ///   - rewards: names the component that decides whether a group has a signal.
    ///   - examples: the table the rollouts were paired with.
    ///   - policies: tells how far a policy is behind.
    ///   - ranks: what was said of whole groups; nil: somebody is asked, and groups are decided without it.
    public init(
        _ configuration: GroupConfiguration,
        estimator: Estimator,
        rewards: RewardConfiguration,
        examples: ExampleTable,
        policies: PolicyHistory = PolicyHistory([]),
        ranks: RewardRecords? = nil
    ) {
        self.rewards = rewards
        self.ranks = rewards.ranks.isEmpty ? nil : ranks
        self.configuration = configuration
        self.estimator = estimator
        outcome = rewards.outcome
        self.examples = examples
        self.policies = policies
    }

    /// Decides one group.
    ///
    /// - Parameters:
    ///   - key: the group.
    ///   - rollouts: everyone who claimed a slot, in any order.
    /// - Returns: nil for no rollouts at all.
    public func decide(_ key: GroupKey, _ rollouts: [Rollout]) -> DecidedGroup? {
        decide(key, rollouts, GroupTimeline(rollouts, configuration))
    }

    /// Decides one group if it is closed by now (live).
    ///
    /// - Parameters:
    ///   - key: the group.
    ///   - rollouts: everyone who claimed a slot and is done, in any order.
    ///   - pending: everyone who claimed a slot and is still running.
    ///   - now: record time that has been reached, milliseconds.
    /// - Returns: nil while the group is open.
    public func decide(_ key: GroupKey, _ rollouts: [Rollout], pending: [PendingClaim], now: Int64) -> DecidedGroup? {
        let timeline = GroupTimeline(rollouts, pending: pending, now: now, configuration)
        return timeline.isClosed ? decide(key, rollouts, timeline) : nil
    }

    func decide(
        _ key: GroupKey,
        _ rollouts: [Rollout],
        _ timeline: GroupTimeline,
        first: Int64? = nil
    ) -> DecidedGroup? {
        guard let draft = GroupDraft(key, rollouts, timeline, examples, first: first) else { return nil }
        let group = decide(draft)
        guard let ranks, needsRanks(group) else { return group }
        return ranked(group, by: ranks.answers(key))
    }

    /// Decides a group of which everything is known that there is to know.
    func decide(_ whole: GroupDraft) -> DecidedGroup {
        var draft = whole
        draft.findConflicts()
        guard draft.status == .ok else { return DecidedGroup(draft) }
        let isStale = isStale(draft)
        if isStale, configuration.stalePolicy != .voteOnly {
            draft.status = .stale
            draft.excludeAll(.stale)
            return DecidedGroup(draft)
        }
        draft.kernelMembers = kernelMembers(draft.members)
        draft.advantages = groupAdvantages(
            draft.kernelMembers,
            estimator: estimator,
            minUsable: configuration.minUsable
        )
        draft.comparisons = PartComparer(estimator.credit, outcome: outcome).compare(draft.members)
        draft.credit(estimator)
        if let status = dropped(draft) {
            draft.status = status.0
            draft.excludeAll(status.1)
            return DecidedGroup(draft)
        }
        var advantages = draft.advantages.advantages.makeIterator()
        for index in draft.members.indices where draft.members[index].holdsSlot {
            draft.members[index].advantage = advantages.next() ?? 0
            let rollout = draft.members[index].rollout
            draft.members[index].trains =
                draft.members[index].votes && rollout.pairing.trainable && !isStale
                && rollout.weight > 0
        }
        return DecidedGroup(draft)
    }

    private func dropped(_ draft: GroupDraft) -> (DecidedGroup.Status, ExclusionReason)? {
        let voting = draft.members.filter(\.votes).count
        switch draft.advantages.signal {
        case .insufficient: return (.insufficient, .insufficientGroup)
        case .quarantined: return (.quarantined, .quarantined)
        case .zeroVariance where configuration.dropZeroVariance: return (.zeroVariance, .zeroVariance)
        default: break
        }
        if configuration.partial == .drop, voting < draft.expectedSize { return (.partial, .partialGroup) }
        return nil
    }

    private func isStale(_ draft: GroupDraft) -> Bool {
        guard configuration.maxStaleness > 0, let own = Int64(draft.policyVersion.string),
            let newest = policies.newest(draft.key.tenant, at: draft.timeline.closedAt)
        else { return false }
        return newest.saturatingMinus(own) > configuration.maxStaleness
    }

    /// What the kernel needs of the members that hold their slot.
    func kernelMembers(_ members: [DecidedGroup.Member]) -> [KernelMember] {
        let holding = members.filter(\.holdsSlot)
        let voting = holding.filter(\.votes)
        let haveTokens = voting.allSatisfy { $0.rollout.responseTokens > 0 }
        return holding.map { member in
            let rollout = member.rollout
            let components = rollout.rewards.map { KernelMember.Component(value: $0.value, weight: $0.weight) }
            return KernelMember(
                reward: member.votes ? rollout.reward : nil,
                length: Double(haveTokens ? rollout.responseTokens : rollout.responseBytes),
                outcome: outcome.flatMap { name in rollout.rewards.first { $0.name == name }?.value },
                components: components
            )
        }
    }
}

extension Rollout {
    /// Response tokens that a loss counts, where an engine told them; else 0.
    var responseTokens: Int { trajectory.completionTokens.reduce(0) { $0.saturatingPlus($1) } }

    /// Bytes of its samples' outputs: the length where a trace has no tokens.
    var responseBytes: Int { samples.reduce(0) { $0 + bytes(of: $1) } }

    /// Bytes of a sample's outputs.
    func bytes(of sample: NodeExecution) -> Int {
        trajectory.fields[Int(sample.outputs.start)..<sample.outputs.end].reduce(0) {
            $0 + Int($1.name.count) + Int($1.value.count)
        }
    }
}
