import DashStream
import Foundation
import JSON
import Pipeline
import Recordings
import Reinforce
import Simulation

/// What is measured on: simulated traffic, the same every time, or a recording.
final class Workload {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "dash-benchmarks-\(UUID().uuidString)")
        .path
    private let recording: String
    let records: [TrafficRecord]
    /// Records of the first four rounds.
    private let firstRounds: Int
    let examples: ExampleTable

    init(_ file: String?) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let tasks = SimulatedTask.make(64, seed: 1)
        var traffic = Traffic(TrafficOptions(), seed: 1)
        let policy = SoftmaxPolicy(tasks)
        var made: [TrafficRecord] = []
        var part = 0
        for round in 0..<16 {
            if round == 4 { part = made.count }
            made += traffic.round(round, tasks, policy, start: 1_763_683_200_000 + Int64(round) * 1000)
        }
        records = made
        firstRounds = part
        let path = folder + "/run.dsrun"
        var writer = try RecordingWriter(path, partitions: 4)
        for record in made { try writer.write(record) }
        try writer.finish()
        recording = file ?? path
        examples = ExampleTable.read(lines: Array(tasks.map(\.exampleLine).joined(separator: [0x0A]))).table
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Everything that is measured.
    func benchmarks() throws -> [Benchmark] {
        [decode, canonical, kernel, openMemory, claimMemory] + scored() + [1, 2, 4].map(replay) + [
            findThread, embedded,
        ]
    }

    /// A part of the traffic: the mock cluster keeps 5 MiB a partition.
    private var embedded: Benchmark {
        EmbeddedRun(Array(records.prefix(firstRounds)), examples, groups: 4 * 64).benchmark
    }

    /// A stage that has taken some records.
    func stage(_ mode: AssemblyMode, _ records: [TrafficRecord]) -> ThreadStage {
        var stage = ThreadStage(ThreadStageConfiguration(), mode: mode, examples: examples)
        for (index, record) in records.enumerated() {
            let position = RecordPosition(partition: 0, offset: Int64(index), timestamp: record.timestamp)
            _ = unsafe stage.receive(key: nil, value: record.value.span.bytes, at: position)
        }
        return stage
    }

    /// Nanoseconds to write and to read a rollout on its way to its group.
    private func scored() -> [Benchmark] {
        var stage = stage(.replay, records)
        stage.close()
        let rollouts: [ScoredRecord] = stage.finished.compactMap { thread in
            if case .rollout(let rollout) = thread { .scored(rollout) } else { nil }
        }
        let values = rollouts.map { $0.encoded() }
        return [
            Benchmark(name: "scored/encode", unit: "ns", items: rollouts.count) {
                for rollout in rollouts { _ = rollout.encoded() }
            },
            Benchmark(name: "scored/decode", unit: "ns", items: values.count) {
                for value in values { _ = try unsafe ScoredRecord(decoding: value.span.bytes) }
            },
        ]
    }

    private var decode: Benchmark {
        Benchmark(name: "decode/strict", unit: "items/s", items: records.count) { [records] in
            var decoder = FrameDecoder()
            for record in records { _ = try unsafe decoder.decode(record.value.span.bytes) }
        }
    }

    private var canonical: Benchmark {
        let text = Array(
            #"{"b":[1,2.5,{"x":null}],"question":"What is 17 + 25?","a":1e16,"steps":3,"plan":["a","b"]}"#.utf8
        )
        return Benchmark(name: "json/canonical", unit: "ns", items: 10_000) {
            for _ in 0..<10_000 { _ = try JSONValue(parsing: text).canonicalBytes }
        }
    }

    private var kernel: Benchmark {
        let members = (0..<8).map { KernelMember(reward: Double($0 % 3), length: Double(10 + $0)) }
        return Benchmark(name: "advantages/grpo/8", unit: "ns", items: 10_000) {
            for _ in 0..<10_000 { _ = groupAdvantages(members, estimator: .dashflow, minUsable: 2) }
        }
    }

    /// A thread's records out of a recording, its index opened anew every time as a command does.
    private var findThread: Benchmark {
        Benchmark(name: "recording/find-thread", unit: "ns", items: 1) { [recording] in
            let index = try RecordingIndex(of: recording)
            guard let some = try index.record(at: index.count / 2) else { return }
            _ = try index.records(ofThread: String(decoding: some.key, as: UTF8.self))
        }
    }

    private func replay(_ threads: Int) -> Benchmark {
        Benchmark(name: "replay/file/\(threads)", unit: "items/s", items: records.count) {
            [recording, examples, folder] in
            var options = ReplayOptions(input: recording, examples: examples, estimator: .dashflow)
            options.threads = threads
            options.output = folder + "/batches.jsonl"
            _ = try Replay(options).run()
        }
    }
}
