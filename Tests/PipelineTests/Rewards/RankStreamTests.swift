import EmbeddedKafka
import Foundation
import JSON
import Kafka
import KafkaTestSupport
import Settings
import Telemetry
import TestSupport
import Testing

@testable import Pipeline
@testable import Reinforce

/// A judge that sees whole groups, beside the embedded broker: what it said leaves with the group, and a replay that asks
/// nobody gives the same groups.
@Suite(.waits) struct RankStreamTests {
    struct Crash: Error {}

    private func run(
        _ body: String,
        _ change: (inout Settings, inout Settings.Rewards.Component) -> Void = { _, _ in }
    ) throws -> StreamRun {
        let run = try StreamRun.ranked(body, change)
        try run.produce(try Recording(run.golden.recording).records)
        return run
    }

    @Test func whatWasSaidLeavesWithItsGroupAndAReplayAsksNobody() throws {
        let run = try run("say(values=values, explanation=\"by name\")")
        try run.finish()
        let groups = try run.rankings()
        #expect(groups.count > 5)
        #expect(Set(groups.map(\.key)).count == groups.count, "each group is written once")
        #expect(groups.allSatisfy { $0.decidedAt != nil && $0.answer.whole.status == .ok })
        let found = try run.digests()
        #expect(!found.isEmpty)
        #expect(differences(found, try run.digestsByRecords()) == [])
        // without what was said the groups are others: the comparison can fail
        #expect(differences(found, try run.digestsByRecords(withSaid: false)) != [])
        var explained = 0
        for record in try run.read("reinforce") {
            for group in try JSONValue(parsing: record.value)["groups"]?.list ?? [] {
                for rollout in group["rollouts"]?.list ?? [] {
                    let best = rollout["rewards"]?.list.first { $0["name"]?.text == "best" }
                    if best?["explanation"]?.text == "by name", best?["value"]?.number != nil { explained += 1 }
                }
            }
        }
        #expect(explained > 5)
    }

    @Test func aJudgeThatDiesAndBabblesLosesAndDoublesNothing() throws {
        let run = try run(
            """
            if n % 7 == 0: os._exit(1)
            if n % 3 == 0: print("babble", flush=True)
            if n % 4 == 0: say(reward=1)
            else: say(values=values)
            """
        ) { $1.outside.retries = 1000 }
        let processor = try run.finish()
        let groups = try run.rankings()
        #expect(Set(groups.map(\.key)).count == groups.count)
        #expect(groups.allSatisfy { $0.answer.whole.status == .ok })
        #expect(differences(try run.digests(), try run.digestsByRecords()) == [])
        #expect(processor.rewards.log.count("best", "garbage") > 0)
        #expect(processor.rewards.log.count("best", "ended") > 0)
    }

    @Test func aJudgeThatFailsExcludesItsRolloutsAndTheReplayAgrees() throws {
        let run = try run("say(values=values) if n % 2 else say(reward=None, status=\"error\", explanation=\"no\")")
        let processor = try run.finish()
        let groups = try run.rankings()
        #expect(
            groups.contains { $0.answer.whole.status == .error } && groups.contains { $0.answer.whole.status == .ok }
        )
        #expect(processor.counts.excluded[.rewardMissing] ?? 0 > 0)
        #expect(differences(try run.digests(), try run.digestsByRecords()) == [])
    }

    @Test func aRestartWhileAGroupWaitsAsksAgain() throws {
        let folder = try TemporaryFolder()
        let seen = folder.file("seen")
        let run = try run(
            """
            with open(\(String(reflecting: seen)), "a") as f: f.write(q["group_id"] + "\\n")
            time.sleep(0.01); say(values=values)
            """
        )
        let processor = try run.processor("one", FastClock(step: 200))
        var asked = 0
        processor.onPoll = { processor in
            asked += processor.rewards.desk?.inFlight ?? 0 > 0 ? 1 : 0
            if asked >= 3 { throw Crash() }
        }
        #expect(throws: Crash.self) { try processor.run { false } }
        try run.finish()
        let expected = try run.digestsByRecords()
        let found = try run.digests()
        #expect(found.keys.sorted() == expected.keys.sorted())
        // the embedded broker forgets what transactions commit: a group may be there twice, and is the same
        for (name, digests) in found { #expect(Set(digests) == Set(expected[name] ?? []), "\(name)") }
        let questions = String(decoding: try folder.bytes("seen"), as: UTF8.self).split(separator: "\n").count
        #expect(questions >= (try run.rankings().count))
    }

    @Test func offlineEveryGroupIsAskedAboutAndEachRolloutShowsIt() throws {
        let run = try run("say(rewards=[values[r[\"thread_id\"]] for r in q[\"rollouts\"]], explanation=\"so\")")
        var options = try run.golden.options()
        options.groups = run.settings.groupConfiguration()
        options.stage.rewards = run.settings.stageConfiguration().rewards
        let log = Logger(level: .error, now: { 0 }) { _ in }
        let asking = RewardAsking(options, run.settings, log: log)
        var shown: [(Rollout, [RewardRecord])] = []
        asking.onRollout = { rollout, _, records in shown.append((rollout, records)) }
        let records = try #require(try asking.run())
        #expect(shown.count > 20)
        let judged = shown.filter { !$0.1.isEmpty }
        #expect(judged.count > 10)
        for (rollout, said) in judged {
            let value = rollout.rewards.first { $0.name == "best" }?.value
            #expect(value == said.first { $0.component == "best" }?.answer.value)
            #expect(said.allSatisfy { $0.answer.explanation == "so" })
        }
        // the live run says the same of the same groups
        try run.finish()
        let live = try run.digests()
        let asked = try run.replayedDigests { options in
            options.stage.rewards = run.settings.stageConfiguration().rewards
            options.stage.rewardRecords = records
        }
        #expect(differences(live, asked) == [])
    }
}
