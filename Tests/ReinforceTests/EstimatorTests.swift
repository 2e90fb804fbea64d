import JSON
import Reinforce
import TestSupport
import Testing

/// The kernel alone against 284 vectors of 17 presets, and the original's own vectors.
@Suite struct EstimatorTests {
    @Test func everyVectorOfEveryPresetIsReproduced() throws {
        var compared = 0
        for (index, line) in try Fixture.json("vectors/estimators.json")["cases"]?.list.enumerated() ?? [].enumerated()
        {
            let rewards = line["rewards"]?.list.map(\.number) ?? []
            let groups = line["groups"]?.list.compactMap(\.text) ?? []
            let lengths = line["lengths"]?.list.compactMap(\.number) ?? []
            for expected in line["expected"]?.fields ?? [] {
                let estimator = try #require(Estimator.preset(expected.key.string))
                let found = estimate(rewards, groups: groups, lengths: lengths, by: estimator)
                try #require(found.count == rewards.count)
                for (found, expected) in zip(found, expected.value.list.compactMap(\.number)) {
                    #expect(
                        abs(found - expected) <= max(1e-12, 1e-9 * abs(expected)),
                        "case \(index) \(estimator.preset): \(found) for \(expected)"
                    )
                }
                compared += 1
            }
        }
        #expect(compared == 284)
    }

    @Test func theOriginalsOwnVectorsAreReproduced() throws {
        for line in try Fixture.json("golden/grpo_vectors.json")["cases"]?.list ?? [] {
            let members = line["rewards"]?.list.map { KernelMember(reward: $0.number) } ?? []
            let found = groupAdvantages(members, estimator: .dashflow, minUsable: 1).advantages
            for (found, expected) in zip(found, line["advantages"]?.list.compactMap(\.number) ?? []) {
                #expect(abs(found - expected) <= 1e-9 * max(1, abs(expected)), "\(line["name"]?.text ?? "")")
            }
        }
    }

    /// The audit's M-880: the population deviation makes other advantages, and none of ours.
    @Test func m880TheDeviationIsTheSamples() throws {
        for line in try Fixture.json("golden/grpo_vectors.json")["cases"]?.list ?? [] {
            guard let wrong = line["population_std_advantages_pre_M880"]?.list.compactMap(\.number),
                line["advantages"]?.list.compactMap(\.number) != wrong
            else { continue }
            let members = line["rewards"]?.list.map { KernelMember(reward: $0.number) } ?? []
            #expect(groupAdvantages(members, estimator: .dashflow, minUsable: 1).advantages != wrong)
        }
        #expect(Estimator.dashflow.ddof == 1)
    }

    @Test func aGroupBelowMinUsableHasNoSignal() {
        let one = groupAdvantages(
            [KernelMember(reward: 1), KernelMember(reward: nil)],
            estimator: .dashflow,
            minUsable: 2
        )
        #expect(one.signal == .insufficient)
        #expect(one.statistics.votes == 1)
    }

    @Test func zeroVarianceIsDecidedOnTheOutcome() {
        let members = [KernelMember(reward: 0, outcome: 0), KernelMember(reward: -0.5, outcome: 0)]
        let result = groupAdvantages(members, estimator: .dashflow, minUsable: 2)
        #expect(result.signal == .zeroVariance)
        #expect(result.phantom)
        #expect(result.advantages == [0, 0])
    }

    @Test func whatIsNotFiniteIsQuarantined() {
        let members = [KernelMember(reward: .greatestFiniteMagnitude), KernelMember(reward: -.greatestFiniteMagnitude)]
        #expect(groupAdvantages(members, estimator: .dashflow, minUsable: 2).signal == .quarantined)
        let nan = [KernelMember(reward: .nan), KernelMember(reward: 1)]
        #expect(groupAdvantages(nan, estimator: .dashflow, minUsable: 2).signal == .quarantined)
    }

    @Test func everyComponentCountsOnceInGdpo() throws {
        let estimator = try #require(Estimator.preset("gdpo"))
        func member(_ a: Double, _ b: Double) -> KernelMember {
            KernelMember(reward: a + b, components: [.init(value: a, weight: 1), .init(value: b, weight: 1)])
        }
        // normalised apart, (1, 0.1) and (0, 0) differ in both components alike, whatever their scale
        let result = batchAdvantages(groups: [[member(1, 0.1), member(0, 0)]], estimator: estimator, minUsable: 2)
        let advantages = result[0].advantages
        #expect(abs(advantages[0] - 0.7071067811865475) < 1e-6)
        #expect(abs(advantages[0] + advantages[1]) < 1e-12)
    }

    @Test func nonVotersAreScoredOnlyWhenAsked() {
        var estimator = Estimator.dashflow
        let members = [KernelMember(reward: 1), KernelMember(reward: 0), KernelMember(reward: 0.5, votes: false)]
        #expect(groupAdvantages(members, estimator: estimator, minUsable: 2).advantages[2] == 0)
        estimator.scoreNonVoters = true
        let scored = groupAdvantages([KernelMember(reward: 2)] + members, estimator: estimator, minUsable: 2)
        #expect(scored.statistics.votes == 3)
        #expect(scored.advantages[3] < 0)
    }

    @Test func presetNamesAreUnique() {
        #expect(Set(Estimator.presets.map(\.preset)).count == Estimator.presets.count)
    }
}
