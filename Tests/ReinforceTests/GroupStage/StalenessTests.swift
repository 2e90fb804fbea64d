import JSON
import TestSupport
import Testing

@testable import Reinforce

/// `groups.max_staleness` beside the stream: what a group's policy is compared with, and what becomes of old ones.
@Suite struct StalenessTests {
    private struct Feed: ~Copyable {
        var stage: GroupStage
        var offset: Int64 = 0

        init(_ policy: GroupConfiguration.StalePolicy, maxStaleness: Int64 = 2) {
            var groups = GroupConfiguration()
            groups.deadline = 100
            groups.minUsable = 1
            groups.maxStaleness = maxStaleness
            groups.stalePolicy = policy
            let decider = GroupDecider(
                groups,
                estimator: .dashflow,
                rewards: RewardConfiguration(),
                examples: ScoredScript.examples
            )
            stage = GroupStage(GroupStageConfiguration(groups), decider)
        }

        mutating func send(_ record: ScoredRecord) throws {
            let position = RecordPosition(partition: 0, offset: offset, timestamp: 0)
            try unsafe stage.receive(record.encoded().span.bytes, at: position)
            offset += 1
        }

        mutating func tell(_ time: Int64) throws {
            try send(.time(SourceTime(TimeSource(topic: "events", partition: 0), time: time, isIdle: false)))
        }

        mutating func claim(_ group: Text, policy: Text, tenant: Text = "t", at time: Int64) throws {
            let key = ThreadKey(tenant: tenant, thread: Text("\(group)-c"))
            try send(.claim(GroupClaim(key, pairing(group, policy, 0), time: time)))
        }

        /// Two rollouts that fill a group.
        mutating func score(_ group: Text, policy: Text, tenant: Text = "t", from claimed: Int64, at time: Int64) throws
        {
            for slot in 0..<2 {
                var trajectory = Trajectory(
                    key: ThreadKey(tenant: tenant, thread: Text("\(group)-\(slot)")),
                    outcome: .completed,
                    source: SourceRange(partition: 0, firstOffset: 0, lastOffset: 0),
                    entry: OpenEntry(first: RestorePlan.First(offset: 0, index: 0))
                )
                trajectory.claimTime = claimed
                trajectory.decisionTime = time
                try send(.scored(Rollout(trajectory, pairing(group, policy, slot), (.success(Double(slot)), []))))
            }
        }

        private func pairing(_ group: Text, _ policy: Text, _ slot: Int) -> Pairing {
            Pairing(
                exampleID: "e0",
                groupID: group,
                rolloutIndex: slot,
                groupSize: 2,
                policyVersion: policy,
                attempt: 0,
                runID: nil,
                trainable: true
            )
        }
    }

    @Test(arguments: [GroupConfiguration.StalePolicy.dropGroup, .dropRollout])
    func aGroupOfAPolicyThatIsTooOldIsExcluded(_ policy: GroupConfiguration.StalePolicy) throws {
        var feed = Feed(policy)
        try feed.tell(1000)
        try feed.claim("new", policy: "10", at: 1000)
        try feed.score("old", policy: "7", from: 1000, at: 1001)
        try feed.score("fresh", policy: "8", from: 1000, at: 1001)
        let groups = feed.stage.close()
        #expect(groups.map(\.key.group) == ["fresh", "old"])
        #expect(groups.map(\.status) == [.ok, .stale])
        #expect(groups.last?.members.map(\.exclusion) == [.stale, .stale])
    }

    @Test func aPolicyThatIsTooOldOnlyVotes() throws {
        var feed = Feed(.voteOnly)
        try feed.tell(1000)
        try feed.claim("new", policy: "10", at: 1000)
        try feed.score("old", policy: "7", from: 1000, at: 1001)
        let groups = feed.stage.close()
        #expect(groups.map(\.status) == [.ok])
        #expect(groups.first?.members.map(\.votes) == [true, true])
        #expect(groups.first?.members.map(\.trains) == [false, false])
    }

    /// Nothing that was not there when the group closed, and nothing of another tenant.
    @Test func aLaterVersionAndAnotherTenantsDoNotCount() throws {
        var feed = Feed(.dropGroup)
        try feed.tell(1000)
        try feed.score("old", policy: "1", from: 1000, at: 1001)
        try feed.claim("later", policy: "99", at: 1002)
        try feed.claim("other", policy: "99", tenant: "u", at: 1000)
        #expect(feed.stage.close().map(\.status) == [.ok])
    }

    @Test func whatIsToldFromOutsideCountsForEveryTenant() throws {
        var feed = Feed(.dropGroup)
        feed.stage.decider.policies.note(50, of: nil, at: 900)
        try feed.tell(1000)
        try feed.score("old", policy: "47", from: 1000, at: 1001)
        try feed.score("fresh", policy: "48", tenant: "u", from: 1000, at: 1001)
        #expect(feed.stage.close().map(\.status) == [.stale, .ok])
    }

    /// The memory of closed groups is read again at a restart, and with it the versions that were seen there.
    @Test func aRestartKnowsTheVersionsThatItReadsAgain() throws {
        var feed = Feed(.dropGroup)
        try feed.tell(1000)
        try feed.claim("new", policy: "10", at: 1000)
        var again = Feed(.dropGroup)
        again.stage.begin(
            GroupRestorePlan(position: feed.offset, firsts: feed.stage.openFirsts, clock: feed.stage.clock)
        )
        try again.tell(1000)
        try again.claim("new", policy: "10", at: 1000)
        let isRestoring = again.stage.isRestoring
        #expect(!isRestoring)
        try again.score("old", policy: "7", from: 1000, at: 1001)
        #expect(again.stage.close().map(\.status) == [.stale])
    }

    @Test func withoutABoundNothingIsNoted() throws {
        var feed = Feed(.dropGroup, maxStaleness: 0)
        try feed.tell(1000)
        try feed.claim("new", policy: "10", at: 1000)
        try feed.score("old", policy: "1", from: 1000, at: 1001)
        #expect(feed.stage.close().map(\.status) == [.ok])
        let tenants = feed.stage.decider.policies.tenants
        #expect(tenants == 0)
    }
}
