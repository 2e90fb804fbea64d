public import JSON

/// Components whose source sees the whole group: it is asked once the group has closed, and before its advantages are final.
extension GroupDecider {
    /// Whether what somebody says of the whole group can change what becomes of it: it is not dropped for another reason,
    /// and has rollouts that were scored by their components.
    public func needsRanks(_ group: DecidedGroup) -> Bool {
        guard !rewards.ranks.isEmpty, group.status == .ok || group.status == .zeroVariance else { return false }
        return group.members.contains(where: \.isRanked)
    }

    /// The components that somebody is asked about of whole groups.
    public var rankNames: [Text] { rewards.ranks.map(\.component.name) }

    /// The questions about a group, one for each component.
    public func questions(_ group: DecidedGroup) -> [RewardQuestion] {
        rewards.ranks.map { group.question($0.component.name, $0.source) }
    }

    /// The group decided anew by what was said of it: the same members, at the same time.
    ///
    /// - Parameter records: what was said; the group carries it to where it is written.
    public func ranked(_ group: DecidedGroup, by records: [GroupRewardRecord]) -> DecidedGroup {
        let answers = Dictionary(records.map { ($0.component, $0.answer) }) { first, _ in first }
        return ranked(group, by: answers, records)
    }

    func ranked(
        _ group: DecidedGroup,
        by answers: [Text: GroupAnswer],
        _ records: [GroupRewardRecord] = []
    ) -> DecidedGroup {
        let rollouts = group.members.map { member in
            member.isRanked ? member.rollout.ranked(rewards, answers) : member.rollout
        }
        // its example may have gone from the table since it closed
        var own = ExampleTable()
        own.insert(group.example)
        let timeline = GroupTimeline(of: group)
        guard var draft = GroupDraft(group.key, rollouts + group.late, timeline, own, first: group.first) else {
            return group
        }
        draft.rankings = records
        return decide(draft)
    }
}

extension GroupTimeline {
    /// That of a group which has closed, its members first, then those who were late.
    init(of group: DecidedGroup) {
        self.init(
            reason: group.closeReason,
            closedAt: group.closedAt,
            members: group.members.count,
            late: group.late.count
        )
    }
}
