import DashStream
import Foundation
import JSON
import TestSupport
import Testing

@testable import Pipeline
@testable import Recordings
@testable import Reinforce

/// One golden run and the settings its expected file was made with.
struct GoldenCase: Sendable, CustomTestStringConvertible {
    let folder: String
    let expected: String
    var timeouts = RewardConfiguration.Timeouts.exclude
    var usesRegistry = false
    var usesManifest = true

    var testDescription: String { "\(folder)/\(expected)" }

    static let all = [
        GoldenCase(folder: "run", expected: "expected.json"),
        GoldenCase(folder: "run", expected: "expected_timeout_as_failure.json", timeouts: .failure),
        GoldenCase(folder: "mutated", expected: "expected.json"),
        GoldenCase(folder: "mutated", expected: "expected_timeout_as_failure.json", timeouts: .failure),
        GoldenCase(folder: "mutated-2", expected: "expected.json"),
        GoldenCase(folder: "mutated-2", expected: "expected_timeout_as_failure.json", timeouts: .failure),
        GoldenCase(folder: "real", expected: "expected.json", usesRegistry: true, usesManifest: false),
        GoldenCase(folder: "real", expected: "expected_manifest.json", usesRegistry: true),
    ]

    /// Threads that hold two numberings: their README tells to leave them and their groups out with the manifest.
    func isLeftOut(_ thread: String) -> Bool { folder == "real" && usesManifest && thread.hasPrefix("newproc") }

    var recording: String { Fixture.path("golden/\(folder)/run.dsrun") }

    func options(_ output: TemporaryFolder? = nil, threads: Int = 1) throws -> ReplayOptions {
        let (examples, problems) = ExampleTable.read(lines: try Fixture.bytes("golden/\(folder)/examples.jsonl"))
        precondition(problems.isEmpty)
        var options = ReplayOptions(input: recording, examples: examples, estimator: .dashflow)
        options.threads = threads
        options.groups.minUsable = 1
        options.groups.settle = 3_600_000
        options.stage.rewards.timeouts = timeouts
        options.stage.manifestPointer = usesManifest ? try JSONPointer("/metadata/custom") : nil
        if usesRegistry {
            options.registry =
                PairingRegistry.read(lines: try Fixture.bytes("golden/\(folder)/rollouts.jsonl")).registry
        }
        if let output {
            options.output = output.file("batches.jsonl")
            options.ledger = output.file("ledger.jsonl")
            options.deadLetters = output.file("dead.jsonl")
        }
        return options
    }

    /// Every thread of the recording, as the first stage leaves it.
    func threads() throws -> [FinishedThread] {
        let options = try options()
        let reader = try RecordingReader(recording)
        var partitions: [Int32: ReplayPartition] = [:]
        while let chunk = reader.next() {
            for (partition, _, records) in chunk.partitions {
                let work = partitions[partition] ?? ReplayPartition(options, topic: "t", partition: partition)
                partitions[partition] = work
                work.receive(records, of: chunk)
            }
        }
        return partitions.sorted { $0.key < $1.key }.flatMap { _, work in
            work.stage.close()
            return work.stage.finished
        }
    }

    /// What was read of every thread.
    func trajectories() throws -> [ThreadKey: Trajectory] {
        var found: [ThreadKey: Trajectory] = [:]
        for thread in try threads() {
            switch thread {
            case .rollout(let rollout): found[rollout.key] = rollout.trajectory
            case .excluded(let thread): found[thread.trajectory.key] = thread.trajectory
            }
        }
        return found
    }

    /// Every rollout, as it goes from the first stage to the second.
    func rollouts() throws -> [Rollout] {
        var counters = StageCounters()
        return FinishedThread.oncePerKey(try threads(), &counters).compactMap { thread in
            if case .rollout(let rollout) = thread { rollout } else { nil }
        }
    }
}
