import JSON
import Testing

@testable import Reinforce

/// Components whose source sees the whole group: the group is decided once without them, and again by what was said.
@Suite struct RankTests {
    private static let key = GroupKey(tenant: "t", group: "g")

    private static func rules(required: Bool = true, fallback: Double? = nil) -> RewardConfiguration {
        var rules = RewardConfiguration()
        let ranked = OutsideSource(evaluator: "e", isOfGroup: true)
        rules.components = [
            .init(name: "own", weight: 1, kind: .traceAttribute(name: "own")),
            .init(name: "best", weight: 2, kind: .outside(ranked), isRequired: required, fallback: fallback),
        ]
        return rules
    }

    /// Scored by the first stage: `own` is known, `best` is not.
    private static func rollout(_ index: Int, own: Double, outcome: Outcome = .completed) -> Rollout {
        var trajectory = Trajectory(
            key: ThreadKey(tenant: "t", thread: Text("r\(index)")),
            outcome: outcome,
            source: SourceRange(partition: 0, firstOffset: 0, lastOffset: 1),
            entry: OpenEntry(first: RestorePlan.First(offset: 0, index: 0))
        )
        (trajectory.hasState, trajectory.stateVerified) = (true, true)
        trajectory.rewards = [TraceReward(name: "own", value: own)]
        let pairing = Pairing(
            exampleID: "e",
            groupID: "g",
            rolloutIndex: index,
            groupSize: 3,
            policyVersion: "7",
            attempt: 0,
            runID: nil,
            trainable: true
        )
        let example = try? StageLog.example("e")
        let score = example.map { Scorer(configuration: rules()).score(trajectory, $0) }
        return Rollout(trajectory, pairing, score ?? (.failure(Exclusion(.rewardMissing)), []))
    }

    private static func decider(
        _ rules: RewardConfiguration = rules(),
        dropsZeroVariance: Bool = false,
        ranks: RewardRecords? = nil
    ) throws -> GroupDecider {
        var examples = ExampleTable()
        examples.insert(try StageLog.example("e"))
        var groups = GroupConfiguration()
        groups.dropZeroVariance = dropsZeroVariance
        return GroupDecider(groups, estimator: .dashflow, rewards: rules, examples: examples, ranks: ranks)
    }

    private static func record(_ values: [Text: Double?], _ status: RewardValue.Status = .ok) -> GroupRewardRecord {
        GroupRewardRecord(
            key,
            component: "best",
            GroupAnswer(values: values, RewardAnswer(value: nil, status: status, evaluator: "e"))
        )
    }

    private static let three = [rollout(0, own: 1), rollout(1, own: 1), rollout(2, own: 0)]

    @Test func whatIsSaidOfTheGroupEntersTheRewardsAndTheAdvantages() throws {
        let decider = try Self.decider()
        let plain = try #require(decider.decide(Self.key, Self.three))
        #expect(decider.needsRanks(plain))
        #expect(plain.members.map(\.rollout.reward) == [1, 1, 0], "nobody was asked yet")
        let record = Self.record(["r0": 0, "r1": 1, "r2": 0.5])
        let ranked = decider.ranked(plain, by: [record])
        #expect(ranked.members.map(\.rollout.reward) == [1, 3, 1])
        #expect(ranked.members.map { $0.advantage > 0 } == [false, true, false])
        #expect(ranked.statistics.mean == 5.0 / 3)
        #expect(ranked.rankings == [record])
        #expect(ranked.members[1].rollout.rewards[1].source?.evaluator == "e")
        #expect(ranked.closeReason == plain.closeReason && ranked.closedAt == plain.closedAt)
    }

    /// What a replay finds among the records is what was said live.
    @Test func aReplayDecidesByTheRecordAndAsksNobody() throws {
        let record = Self.record(["r0": 0, "r1": 1, "r2": nil])
        var records = RewardRecords()
        records.insert(.group(record))
        let rules = Self.rules(fallback: 0.25)
        let live = try Self.decider(rules)
        let plain = try #require(live.decide(Self.key, Self.three))
        let said = live.ranked(plain, by: [record])
        let found = try #require(try Self.decider(rules, ranks: records).decide(Self.key, Self.three.reversed()))
        let renderer = GroupRenderer(.dashflow, BatchConfiguration(), topics: ["t"])
        #expect(renderer.render(found).digest == renderer.render(said).digest)
        #expect(renderer.render(found).body == renderer.render(said).body)
        #expect(renderer.render(found).digest != renderer.render(plain).digest)
        #expect(found.members.map(\.rollout.reward) == [1, 3, 0.5])
        // the first decision is what its group was decided by, whatever is written later
        var late = record
        late.decidedAt = 5
        records.insert(.group(late))
        records.insert(.group(Self.record(["r0": 9])))
        #expect(records.answers(Self.key)["best"]?.values["r1"] == 1)
    }

    @Test func whoHasNoValueIsExcludedWhereItIsRequired() throws {
        let decider = try Self.decider()
        let plain = try #require(decider.decide(Self.key, Self.three))
        let ranked = decider.ranked(plain, by: [Self.record(["r0": 0, "r1": 1])])
        #expect(ranked.members.map(\.exclusion) == [nil, nil, .rewardMissing])
        let failed = decider.ranked(plain, by: [Self.record([:], .timeout)])
        #expect(failed.status == .insufficient)
        #expect(failed.members.allSatisfy { $0.rollout.rewards[1].status == .timeout })
        let optional = try Self.decider(Self.rules(required: false))
        #expect(optional.ranked(plain, by: [Self.record([:], .error)]).members.map(\.rollout.reward) == [1, 1, 0])
    }

    @Test func aRolloutThatWasJudgedAsAWholeIsNotRanked() throws {
        let decider = try Self.decider()
        let rollouts = [Self.rollout(0, own: 1), Self.rollout(1, own: 0), Self.rollout(2, own: 1, outcome: .failed)]
        let plain = try #require(decider.decide(Self.key, rollouts))
        let question = try #require(decider.questions(plain).first)
        guard case .group(Self.key, let threads) = question.subject else {
            Issue.record("the question is not about the group")
            return
        }
        #expect(threads == ["r0", "r1"])
        let told = try JSONValue(parsing: question.body)
        #expect(told["group_id"] == .string("g") && told["component"] == .string("best"))
        guard case .array(let members)? = told["rollouts"] else {
            Issue.record("the question has no rollouts")
            return
        }
        #expect(members.map { $0["thread_id"] } == [.string("r0"), .string("r1")])
        #expect(members[0]["rewards"]?["own"] == .double(1))
        let ranked = decider.ranked(plain, by: [Self.record(["r0": 1, "r1": 1, "r2": 7])])
        #expect(ranked.members.map(\.rollout.reward) == [3, 2, 0])
    }

    @Test func nobodyIsAskedAboutAGroupThatIsDroppedAnyway() throws {
        let decider = try Self.decider()
        let alone = try #require(decider.decide(Self.key, [Self.rollout(0, own: 1)]))
        #expect(alone.status == .insufficient && !decider.needsRanks(alone))
        let twice = try #require(decider.decide(Self.key, [Self.rollout(0, own: 1), Self.rollout(0, own: 0)]))
        #expect(!decider.needsRanks(twice))
        let failed = (0..<2).map { Self.rollout($0, own: 0, outcome: .failed) }
        #expect(try !decider.needsRanks(#require(decider.decide(Self.key, failed))))
        // equal rewards are no reason: what is said may tell them apart
        let dropping = try Self.decider(dropsZeroVariance: true)
        let equal = try #require(dropping.decide(Self.key, [Self.rollout(0, own: 1), Self.rollout(1, own: 1)]))
        #expect(equal.status == .zeroVariance && dropping.needsRanks(equal))
        #expect(dropping.ranked(equal, by: [Self.record(["r0": 0, "r1": 1])]).status == .ok)
        #expect(dropping.ranked(equal, by: [Self.record(["r0": 1, "r1": 1])]).status == .zeroVariance)
    }

    @Test func aValueThatIsTooLargeToAddExcludesItsRollout() throws {
        let decider = try Self.decider()
        let plain = try #require(decider.decide(Self.key, Self.three))
        let huge = Double.greatestFiniteMagnitude
        let ranked = decider.ranked(plain, by: [Self.record(["r0": huge, "r1": 1, "r2": 0])])
        #expect(ranked.members.map(\.exclusion) == [.rewardInvalid, nil, nil])
    }
}
