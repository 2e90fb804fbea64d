import DashStream
import JSON
import Pipeline
import Reinforce
import Simulation
import TestSupport
import Testing

/// What the simulated producers write.
@Suite struct TrafficTests {
    private func records(seed: UInt64) -> [TrafficRecord] {
        let tasks = SimulatedTask.make(5, seed: 1)
        var traffic = Traffic(TrafficOptions(), seed: seed)
        return traffic.round(1, tasks, SoftmaxPolicy(tasks), start: 1_763_683_200_000)
    }

    @Test func theSameSeedGivesTheSameRecords() {
        #expect(records(seed: 3) == records(seed: 3))
        #expect(records(seed: 3) != records(seed: 4))
    }

    @Test func everyFrameIsRead() throws {
        var decoder = FrameDecoder()
        var messages = 0
        for record in records(seed: 3) {
            let message = try unsafe decoder.decode(record.value.span.bytes)
            var units = message.units()
            while units.next() != nil { messages += 1 }
        }
        #expect(messages >= records(seed: 3).count)
    }

    @Test func everyRolloutOfARecordingIsVerifiedAndTrained() throws {
        let folder = try TemporaryFolder()
        let tasks = SimulatedTask.make(5, seed: 1)
        var options = TrafficOptions()
        options.duplicates = 0.2
        options.late = 0.2
        var traffic = Traffic(options, seed: 9)
        var writer = try RecordingWriter(folder.file("run.dsrun"), partitions: 3)
        for record in traffic.round(1, tasks, SoftmaxPolicy(tasks), start: 1_763_683_200_000) {
            try writer.write(record)
        }
        try writer.finish()
        let (table, problems) = ExampleTable.read(lines: Array(tasks.map(\.exampleLine).joined(separator: [0x0A])))
        #expect(problems.isEmpty)
        var replay = ReplayOptions(input: folder.file("run.dsrun"), examples: table, estimator: .dashflow)
        replay.output = folder.file("batches.jsonl")
        let summary = try Replay(replay).run().summary
        #expect(summary.threads == 40)
        #expect(summary.rewarded == 40)
        #expect(summary.groups[.ok] == 5)
        #expect(summary.assembly.duplicates > 0)
        #expect(summary.imbalance == nil)
        let rollout = try folder.lines("batches.jsonl").first?["groups"]?.list.first?["rollouts"]?.list.first
        let calls = rollout?["calls"]?.list ?? []
        #expect(calls.map { $0["node_id"]?.text } == ["plan", "answer", "answer"])
        #expect(calls.allSatisfy { $0["token_source"]?.text == "engine" && $0["token_problem"] == .null })
        #expect(calls.last?["prompt"]?.list.count == 4)
        #expect(calls.last?["completion"]?["content"] == rollout?["samples"]?.list.last?["outputs"]?["answer"])
        #expect(rollout?["weight"]?.number == 1.0 / 3)
    }

    @Test func whatGoesWrongWithModelCallsIsCarriedAndCounted() throws {
        let folder = try TemporaryFolder()
        let tasks = SimulatedTask.make(3, seed: 1)
        var options = TrafficOptions()
        options.failures = 0
        options.retries = 1
        options.modelErrors = 1
        options.judges = 1
        var traffic = Traffic(options, seed: 9)
        var writer = try RecordingWriter(folder.file("run.dsrun"), partitions: 3)
        for record in traffic.round(1, tasks, SoftmaxPolicy(tasks), start: 1_763_683_200_000) {
            try writer.write(record)
        }
        try writer.finish()
        let table = ExampleTable.read(lines: Array(tasks.map(\.exampleLine).joined(separator: [0x0A]))).table
        let replay = ReplayOptions(input: folder.file("run.dsrun"), examples: table, estimator: .dashflow)
        let calls = try Replay(replay).run().summary.stage.calls
        let rollouts = tasks.count * options.groupSize
        #expect(calls.calls == rollouts * 6)
        #expect(calls.statuses == ["ok": rollouts * 5, "error": rollouts])
        #expect(calls.retries == rollouts)
        #expect(calls.problems == [:])
        #expect(calls.notTrainable == rollouts * 3)
    }
}
