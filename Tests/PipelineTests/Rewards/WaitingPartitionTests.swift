import DashStream
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

/// A partition that has nothing more to read while a rollout of it waits for a person; another one is two hours ahead.
@Suite(.waits) struct WaitingPartitionTests {
    private static let start: Int64 = 1_700_000_000_000
    private static let far: Int64 = 2 * 3_600_000

    /// `slow` on partition 0, whose group lacks a second member, and `far` on partition 1, alone in its group.
    private func makeRun() throws -> StreamRun {
        let run = try StreamRun(GoldenCase.all[0])
        try run.createRewards()
        run.settings.rewards.components.append(Settings.Rewards.Component(name: "person", type: "topic"))
        run.settings.groups.deadline = 3_600_000
        try produce(run, "slow", partition: 0, of: 2, at: Self.start)
        try produce(run, "far", partition: 1, at: Self.start + Self.far)
        try reward(run, "far", partition: 1)
        return run
    }

    private func produce(_ run: StreamRun, _ name: String, partition: Int32, of size: Int = 1, at time: Int64) throws {
        var trace = Trace()
        trace.thread(name, example: "ex-0000", group: "g-\(name)", slot: 0, of: size, answer: "a")
        let producer = try Producer(run.client)
        for (index, record) in trace.recording.records.enumerated() {
            try producer.enqueue(
                topic: "dashstream-events",
                partition: partition,
                key: record.key,
                value: record.payload,
                timestamp: time + Int64(index)
            )
        }
        try producer.close()
    }

    private func reward(_ run: StreamRun, _ name: String, partition: Int32, value: Double = 1) throws {
        let key = ThreadKey(tenant: "t", thread: Text(name))
        let record = RewardRecord(key, component: "person", RewardAnswer(value: value, status: .ok))
        let producer = try Producer(run.client)
        try producer.enqueue(topic: "rewards", partition: partition, key: record.kafkaKey, value: record.json)
        try producer.close()
    }

    @Test("Groups wait for the time of a partition that is at its end while a rollout of it waits")
    func waits() throws {
        let run = try makeRun()
        let slow = TopicPartition("dashstream-events", 0)
        let processor = try run.processor("one", FastClock(step: 20))
        var isTold = false
        var failure: (any Error)?
        processor.onPoll = { processor in
            // far longer at its end than a partition that has nothing to say
            guard !isTold, let waited = processor.tasks.active[slow]?.flow.waited, waited > 20_000 else { return }
            isTold = true
            do { try reward(run, "slow", partition: 0) } catch { failure = error }
        }
        let deadline = Date.patience
        try processor.run { processor.counts.fates.values.reduce(0, +) >= 2 || Date() > deadline }
        #expect(failure == nil)
        #expect(isTold)
        let lines = try run.read("ledger").map { try JSONValue(parsing: $0.value) }
        let fates = Dictionary(grouping: lines) { $0["thread_id"]?.text ?? "" }.mapValues { lines in
            Set(lines.map { "\($0["fate"]?.text ?? "") \($0["reason"]?.text ?? "")" })
        }
        #expect(fates["slow"] == ["trained "])
        #expect(fates["far"] == ["trained "])
    }

    @Test("A different reward after its rollout was scored is counted and named in the ledger; the same one is neither")
    func late() throws {
        let run = try makeRun()
        try reward(run, "slow", partition: 0)
        let processor = try run.processor("one", FastClock(step: 20))
        var isTold = false
        var failure: (any Error)?
        processor.onPoll = { processor in
            guard !isTold, processor.counts.fates.values.reduce(0, +) >= 2 else { return }
            isTold = true
            do {
                try reward(run, "slow", partition: 0, value: 1)
                try reward(run, "slow", partition: 0, value: 0.25)
            } catch {
                failure = error
            }
        }
        let deadline = Date.patience
        try processor.run { processor.counts.lateRewards > 0 || Date() > deadline }
        #expect(failure == nil)
        #expect(processor.counts.lateRewards == 1)
        let named = try run.read("ledger").map { try JSONValue(parsing: $0.value) }.filter { $0["late_reward"] != nil }
        #expect(named.map { $0["thread_id"]?.text } == ["slow"])
        #expect(named.first?["fate"] == nil)
        #expect(named.first?["late_reward"]?["component"]?.text == "person")
        #expect(named.first?["late_reward"]?["value"]?.number == 0.25)
    }

    @Test("A partition's time does not go back when a record comes after it was at its end")
    func monotone() throws {
        let run = try makeRun()
        let slow = TopicPartition("dashstream-events", 0)
        let processor = try run.processor("one", FastClock(step: 20))
        var times: [Int64] = []
        var last: Int64?
        var failure: (any Error)?
        processor.onPoll = { processor in
            guard let partition = processor.tasks.active[slow], let time = partition.checkpoint().streamTime else {
                return
            }
            times.append(time)
            if last == nil, partition.flow.waited > 10_000 {
                last = partition.flow.position
                do { try produce(run, "later", partition: 0, at: Self.start + 100) } catch { failure = error }
            }
        }
        let deadline = Date.patience
        try processor.run {
            last.map { (processor.tasks.active[slow]?.flow.position ?? 0) > $0 } ?? false || Date() > deadline
        }
        #expect(failure == nil)
        #expect(times.last ?? 0 >= Self.start + 10_000)
        #expect(times == times.sorted())
    }
}
