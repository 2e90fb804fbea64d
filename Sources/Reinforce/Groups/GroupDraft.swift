import JSON

/// A group while it is being decided.
struct GroupDraft {
    let key: GroupKey
    let timeline: GroupTimeline
    let first: Int64?
    var example: Example
    var policyVersion: Text
    var expectedSize: Int
    var status = DecidedGroup.Status.ok
    var members: [DecidedGroup.Member]
    let late: [Rollout]
    var advantages = GroupAdvantages.none
    var kernelMembers: [KernelMember] = []
    /// What was said of the whole group.
    var rankings: [GroupRewardRecord] = []
    /// What its members' calls and samples are compared with; none where an advantage belongs to the whole rollout.
    var comparisons: [PartComparison] = []

    /// - Parameter rollouts: all claimants of the group; at least one.
    init?(
        _ key: GroupKey,
        _ rollouts: [Rollout],
        _ timeline: GroupTimeline,
        _ examples: ExampleTable,
        first: Int64? = nil
    ) {
        self.key = key
        self.first = first
        self.timeline = timeline
        late = timeline.late.map { rollouts[$0] }
        // once sorted, no later sum can depend on the order of arrival
        let inTime = timeline.members.map { rollouts[$0] }.sorted {
            ($0.pairing.rolloutIndex, $0.key.thread) < ($1.pairing.rolloutIndex, $1.key.thread)
        }
        members = inTime.map { rollout in
            DecidedGroup.Member(
                rollout: rollout,
                votes: rollout.reward != nil,
                trains: false,
                exclusion: rollout.exclusion,
                isSuperseded: false,
                advantage: 0
            )
        }
        guard let first = inTime.first ?? late.first, let example = examples[first.pairing.exampleID] else {
            return nil
        }
        self.example = example
        policyVersion = first.pairing.policyVersion
        expectedSize = first.pairing.groupSize
    }

    /// Finds conflicts: between members as a whole, then of slots.
    mutating func findConflicts() {
        let pairings = members.map(\.rollout.pairing)
        if let first = pairings.first, pairings.contains(where: { !$0.agrees(with: first) }) {
            status = .conflict
            for index in members.indices { exclude(index, .conflictingGroup) }
            return
        }
        var start = 0
        while start < members.count {
            var end = start
            let slot = members[start].rollout.pairing.rolloutIndex
            while end < members.count, members[end].rollout.pairing.rolloutIndex == slot { end += 1 }
            if end - start > 1 { decideSlot(start..<end) }
            start = end
        }
    }

    /// Of several claimants of a slot the highest attempt stays, where there is one.
    private mutating func decideSlot(_ claimants: Range<Int>) {
        let attempts = claimants.map { members[$0].rollout.pairing.attempt }
        let highest = attempts.max() ?? 0
        let best = attempts.count { $0 == highest }
        for index in claimants {
            if members[index].rollout.pairing.attempt < highest {
                members[index].isSuperseded = true
                members[index].votes = false
                members[index].exclusion = nil
            } else if best > 1 {
                exclude(index, .conflictingSlot)
            }
        }
    }

    /// Takes every member that still counts out, for one reason.
    mutating func excludeAll(_ reason: ExclusionReason) {
        for index in members.indices where members[index].exclusion == nil && !members[index].isSuperseded {
            exclude(index, reason)
        }
    }

    private mutating func exclude(_ index: Int, _ reason: ExclusionReason) {
        members[index].exclusion = reason
        members[index].votes = false
        members[index].trains = false
        members[index].advantage = 0
    }
}

extension Pairing {
    func agrees(with other: Pairing) -> Bool {
        exampleID == other.exampleID && groupSize == other.groupSize && policyVersion == other.policyVersion
    }
}
