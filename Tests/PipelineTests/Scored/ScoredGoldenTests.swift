import JSON
import TestSupport
import Testing

@testable import Pipeline
@testable import Reinforce

/// The golden runs by way of the topic between the stages.
@Suite struct ScoredGoldenTests {
    @Test(arguments: GoldenCase.all)
    func aRolloutThatTravelledIsWrittenAsTheOneThatDidNot(_ golden: GoldenCase) throws {
        let rollouts = try golden.rollouts()
        var travelled: [Rollout] = []
        for rollout in rollouts {
            let bytes = ScoredRecord.scored(rollout).encoded()
            let record = try unsafe ScoredRecord(decoding: bytes.span.bytes)
            #expect(record.encoded() == bytes)
            guard case .scored(let copy) = record else { continue }
            travelled.append(copy)
        }
        #expect(travelled.count == rollouts.count)
        let options = try golden.options()
        let decider = GroupDecider(
            options.groups,
            estimator: options.estimator,
            rewards: options.stage.rewards,
            examples: options.examples
        )
        let renderer = GroupRenderer(options.estimator, BatchConfiguration(), topics: ["t"])
        let copies = Dictionary(grouping: travelled, by: \.groupKey)
        for (key, members) in Dictionary(grouping: rollouts, by: \.groupKey) {
            let group = try #require(decider.decide(key, members))
            let copy = try #require(decider.decide(key, copies[key] ?? []))
            #expect(renderer.render(copy).body == renderer.render(group).body)
            #expect(renderer.render(copy).digest == renderer.render(group).digest)
            #expect(ScoredRun.Outcome(copy, renderer) == ScoredRun.Outcome(group, renderer))
        }
    }

    /// All records in any order, the time at the end: what a replay of the same decides.
    @Test(arguments: ScoredRun.cases)
    func anyOrderAndAnyPartitionsGiveTheReplaysGroups(_ golden: GoldenCase) throws {
        let run = ScoredRun(try golden.options())
        let rollouts = try golden.rollouts()
        let expected = run.replayed(rollouts)
        var random = SeededNumbers(seed: 7)
        for partitions in [1, 4, 16] {
            var records: [ScoredRecord] = rollouts.map { .scored($0) }
            for rollout in rollouts where random.next() % 3 > 0 {
                records.append(.claim(GroupClaim(rollout.key, rollout.pairing, time: rollout.claimTime)))
            }
            records.shuffle(using: &random)
            let end = SourceTime(TimeSource(topic: "t", partition: 0), time: 1 << 50, isIdle: false)
            let found = try run.decided(records + [.time(end)], partitions: partitions)
            #expect(found == expected, "\(partitions) partitions")
        }
    }

    /// Claims and rollouts as they come live, from four sources of which each tells its time: the same groups.
    @Test(arguments: ScoredRun.cases)
    func theOrderOfTheDayGivesTheReplaysGroups(_ golden: GoldenCase) throws {
        let run = ScoredRun(try golden.options())
        let rollouts = try golden.rollouts()
        let expected = run.replayed(rollouts)
        var events: [(time: Int64, record: ScoredRecord)] = []
        for rollout in rollouts {
            let claim = GroupClaim(rollout.key, rollout.pairing, time: rollout.claimTime)
            events.append((rollout.claimTime, .claim(claim)))
            events.append((max(rollout.decisionTime, rollout.claimTime), .scored(rollout)))
        }
        events.sort { $0.time < $1.time }
        var records: [ScoredRecord] = []
        for (index, event) in events.enumerated() {
            records.append(event.record)
            let source = TimeSource(topic: "t", partition: Int32(index % 4))
            // a source says its time behind what it has sent
            if index % 5 == 0 { records.append(.time(SourceTime(source, time: event.time, isIdle: false))) }
        }
        for partition in 0..<4 {
            let source = TimeSource(topic: "t", partition: Int32(partition))
            records.append(.time(SourceTime(source, time: 1 << 50, isIdle: false)))
        }
        for partitions in [1, 4, 16] {
            let found = try run.decided(records, partitions: partitions)
            #expect(found == expected, "\(partitions) partitions")
        }
    }
}
