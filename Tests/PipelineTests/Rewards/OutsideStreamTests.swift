import EmbeddedKafka
import Foundation
import JSON
import Kafka
import KafkaTestSupport
import Settings
import TestSupport
import Testing

@testable import Pipeline
@testable import Reinforce

/// A judge that is a Python program, beside the embedded broker: what it said is on the topic, and a replay that asks nobody
/// gives the same groups.
@Suite(.waits) struct OutsideStreamTests {
    struct Crash: Error {}

    /// A judge by the text of its loop; `q`: the question, `say(value)`: answers it.
    private static func program(_ body: String) -> [String] {
        let head = """
            import json, sys, zlib, os, time
            def say(value, **more):
              print(json.dumps({"id": q["id"], "reward": value, **more}), flush=True)
            n = 0
            for line in sys.stdin:
              q = json.loads(line); n += 1
              share = zlib.crc32((q["tenant_id"] + "/" + q["thread_id"]).encode()) % 101 / 101

            """
        return ["python3", "-c", head + PythonService.block(body, 2)]
    }

    private func run(
        _ body: String,
        on kafka: RealKafka? = nil,
        _ change: (inout Settings, inout Settings.Rewards.Component) -> Void = { _, _ in }
    ) throws -> StreamRun {
        let run = try StreamRun(GoldenCase.all[0], on: kafka)
        var component = Settings.Rewards.Component(name: "judge", type: "command")
        component.outside.command = Self.program(body)
        try run.ask(component, change)
        try run.produce(try Recording(run.golden.recording).records)
        return run
    }

    /// What is on the rewards topic, as a replay reads it.
    private func records(_ run: StreamRun) throws -> (records: RewardRecords, all: [RewardRecord]) {
        var records = RewardRecords()
        let all = try run.read("rewards", partitions: 4).map { try RewardRecord($0.value) }
        for record in all { records.insert(record) }
        return (records, all)
    }

    /// Digests of a replay that asks nobody.
    private func replayed(_ run: StreamRun) throws -> [String: [String]] {
        try run.replayedDigests { options in
            options.stage.rewards = run.settings.stageConfiguration().rewards
            options.stage.rewardRecords = try records(run).records
        }
    }

    @Test("What the judge said is written once for each rollout, and a replay without it gives the same groups")
    func kept() throws {
        let run = try run("say(share, explanation=\"as the id says\")")
        try run.finish()
        let (_, all) = try records(run)
        #expect(all.count > 20)
        #expect(Set(all.map(\.key)).count == all.count)
        #expect(all.allSatisfy { $0.answer.status == .ok && $0.decidedAt != nil && $0.answer.explanation != nil })
        let found = try run.digests()
        // the judge was in time: groups of nothing but failed rollouts are two
        #expect(found.count > 2)
        #expect(differences(found, try replayed(run)) == [])
        #expect(try run.fates().values.allSatisfy { $0 == 1 })
    }

    @Test("Without what it said the replay gives other groups: the test before can fail")
    func control() throws {
        let run = try run("say(share)")
        try run.finish()
        let expected = try run.digests()
        let replayed = try run.replayedDigests { $0.stage.rewards = run.settings.stageConfiguration().rewards }
        let found = Set(replayed.values.flatMap { $0 })
        // groups of nothing but failed rollouts need no judge
        #expect(!found.isSuperset(of: expected.values.flatMap { $0 }))
    }

    @Test("A judge that dies, hangs up, babbles and answers twice loses and doubles nothing")
    func chaos() throws {
        let run = try run(
            """
            if n % 50 == 0: os._exit(1)
            if n % 5 == 0: print("babble", flush=True)
            say(share)
            if n % 3 == 0: say(1 - share)
            """
        ) { $1.outside.retries = 1000 }
        let processor = try run.finish()
        let (_, all) = try records(run)
        #expect(all.allSatisfy { $0.answer.status == .ok })
        #expect(Set(all.map(\.key)).count == all.count)
        #expect(differences(try run.digests(), try replayed(run)) == [])
        #expect(processor.rewards.log.count("judge", "ended") > 0)
        #expect(processor.rewards.log.count("judge", "stray") > 0)
        // one line a minute for each kind, however often it happens
        #expect(run.logged("a judge fails") <= 4)
    }

    @Test("A judge that never answers is a time-out: the rollout is excluded as reward_missing, and its replay agrees")
    func silence() throws {
        let run = try run("if share > 0.5: say(share)") {
            $0.rewards.grace = 600_000
            $1.outside.timeout = 3_600_000
        }
        // what is never said is waited for by this clock, once the judge is there
        run.holdsClock = { $0.rewards.desk?.fares["judge"]?.answers["ok"] ?? 0 == 0 }
        try run.finish()
        let (_, all) = try records(run)
        #expect(all.contains { $0.answer.status == .timeout })
        #expect(all.contains { $0.answer.status == .ok })
        #expect(differences(try run.digests(), try replayed(run)) == [])
        #expect(try run.fates().values.allSatisfy { $0 == 1 })
    }

    @Test("A default stands in for what did not come")
    func fallback() throws {
        let run = try run("say(None, status=\"error\", explanation=\"no\")") { $1.fallback = 0.5 }
        let processor = try run.finish()
        #expect(processor.counts.excluded[.rewardMissing] == nil)
        #expect(try records(run).all.allSatisfy { $0.answer.status == .error })
        #expect(differences(try run.digests(), try replayed(run)) == [])
    }

    @Test(
        "Ended without a last commit while rollouts wait, it asks again and loses nothing",
        .enabled(if: RealKafka.launcher != nil, "set DASH_KAFKA to a Kafka launcher"),
        arguments: [3, 40]
    )
    func restarts(_ polls: Int) throws {
        // the embedded broker forgets what transactions commit: there a group may be there twice
        let kafka = try RealKafka()
        defer { withExtendedLifetime(kafka) {} }
        let run = try run("time.sleep(0.01)\nsay(share)", on: kafka)
        for round in 1...2 {
            let processor = try run.processor("one", FastClock(step: 200))
            var count = 0
            processor.onPoll = { processor in
                count += processor.rewards.desk?.inFlight ?? 0 > 0 ? 1 : 0
                if count >= polls * round { throw Crash() }
            }
            #expect(throws: Crash.self) { try processor.run { false } }
        }
        try run.finish()
        let found = try run.digests()
        let expected = try replayed(run)
        #expect(found.keys.sorted() == expected.keys.sorted())
        #expect(differences(found, expected) == [])
    }

    @Test("At the bound of rollouts in flight partitions pause and go on by themselves, and the bound holds")
    func bound() throws {
        let run = try run("time.sleep(0.02)\nsay(share)") { settings, component in
            settings.rewards.maxInFlight = 2
            component.outside.workers = 1
        }
        let processor = try run.processor("one", FastClock(step: 200))
        var most = 0
        var paused = 0
        processor.onPoll = { processor in
            most = max(most, processor.rewards.desk?.inFlight ?? 0)
            if processor.memory.pause.isHolding { paused += 1 }
        }
        let deadline = Date.patience
        let threads = try run.goldenThreads()
        try processor.run {
            processor.isQuiet && processor.counts.batches > 0 && run.hasFates(threads) || Date() > deadline
        }
        #expect(most == 2)
        #expect(paused > 0)
        #expect(!processor.memory.pause.isHolding)
        #expect(differences(try run.digests(), try replayed(run)) == [])
    }

    @Test("A person's record is taken where it is there, and a later one is late")
    func topic() throws {
        let run = try run("say(0)") { settings, component in
            component.type = "topic"
            settings.rewards.grace = 20_000
        }
        let golden = run.golden
        let threads = Set(try golden.rollouts().map(\.key))
        let producer = try Producer(run.client)
        let records = try Recording(golden.recording).records
        var sent: Set<ThreadKey> = []
        for record in records {
            guard let name = Text(utf8: unsafe record.key.span.bytes) else { continue }
            for key in threads where key.thread == name && sent.insert(key).inserted {
                let value = RewardRecord(key, component: "judge", RewardAnswer(value: 0.75, status: .ok)).json
                try producer.enqueue(
                    topic: "rewards",
                    partition: Int32(record.partition),
                    key: record.key,
                    value: value,
                    timestamp: record.timestamp
                )
            }
        }
        try producer.close()
        try run.finish()
        let decided = try self.records(run).all.filter { $0.decidedAt != nil }
        #expect(!decided.isEmpty)
        #expect(decided.allSatisfy { $0.answer.value == 0.75 })
        #expect(differences(try run.digests(), try replayed(run)) == [])
    }
}
