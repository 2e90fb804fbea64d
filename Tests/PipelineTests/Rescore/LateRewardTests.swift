import Foundation
import JSON
import Settings
import TestSupport
import Testing

@testable import Pipeline
@testable import Problems
@testable import Reinforce
@testable import StoredBatches

/// `replay --only-failed` after somebody has changed their mind about a rollout that was scored.
@Suite struct LateRewardTests {
    private let folder: TemporaryFolder
    private var options: ReplayOptions

    /// Two groups of two, each scored by a person.
    init() throws {
        folder = try TemporaryFolder()
        var trace = Trace()
        for group in ["a", "b"] {
            for slot in 0..<2 {
                trace.thread("\(group)\(slot)", example: "e0", group: group, slot: slot, of: 2, answer: "x")
            }
        }
        try trace.write(folder.file("run"))
        let example = #"{"example_id":"e0","data":{"question":"q","answer":"x"},"input_keys":["question"]}"#
        let (table, _) = ExampleTable.read(lines: Array(example.utf8))
        options = ReplayOptions(input: folder.file("run"), examples: table, estimator: .dashflow)
        let source = OutsideSource(evaluator: "people", isAsked: false)
        options.stage.rewards.components = [.init(name: "person", weight: 1, kind: .outside(source))]
        for (index, name) in ["a0", "a1", "b0", "b1"].enumerated() {
            options.stage.rewardRecords.insert(record(name, Double(index % 2), decidedAt: 1_700_000_000_100))
        }
        options.output = folder.file("b1")
        options.ledger = folder.file("l1")
        _ = try Replay(options).run()
    }

    private func record(_ thread: String, _ value: Double, decidedAt: Int64? = nil) -> RewardRecord {
        let key = ThreadKey(tenant: "t", thread: Text(thread))
        return RewardRecord(key, component: "person", RewardAnswer(value: value, status: .ok), decidedAt: decidedAt)
    }

    private func revise(_ again: ReplayOptions, batches: String? = "b1") throws -> [JSONValue] {
        var again = again
        again.output = folder.file("b2")
        again.ledger = folder.file("l2")
        let (records, rewards) = (again.stage.rewardRecords, again.stage.rewards)
        let revisions = try Revisions.read(
            ledger: folder.file("l1"),
            batches: batches.map { .file(folder.file($0)) },
            settings: Settings()
        ) { records.isCorrected($0, rewards) }
        again.redo(revisions)
        _ = try Replay(again).run()
        return try folder.lines("b2").flatMap { $0["groups"]?.list ?? [] }
    }

    @Test("A late reward makes a revision of its group, and of no other")
    func revision() throws {
        var again = options
        again.stage.rewardRecords.insert(record("a0", 5))
        let groups = try revise(again)
        #expect(groups.map { $0["group_id"]?.text } == ["a"])
        #expect(groups.first?["revision"]?.int == 1)
        let before = try folder.lines("b1").flatMap { $0["groups"]?.list ?? [] }
        #expect(groups.first?["supersedes"] == before.first { $0["group_id"]?.text == "a" }?["digest"])
        let rewards = groups.first?["rollouts"]?.list.map { $0["reward"]?.number }
        #expect(rewards == [5, 1])
    }

    @Test("A late record that says what the rollout was scored by makes none")
    func sameAgain() throws {
        var again = options
        again.stage.rewardRecords.insert(record("a0", 0))
        #expect(try revise(again) == [])
    }

    @Test("The ledger of a topic names late rewards; such a line is no thread's")
    func ledgerLines() throws {
        let late = record("a0", 5)
        let lines = try folder.bytes("l1") + late.lateLine + [0x0A]
        try Data(lines).write(to: URL(filePath: folder.file("l1")))
        var again = options
        again.stage.rewardRecords.insert(late)
        #expect(try revise(again).map { $0["group_id"]?.text } == ["a"])
    }

    @Test("Without the earlier batches it says which group it cannot revise")
    func needsBatches() throws {
        var again = options
        again.stage.rewardRecords.insert(record("a0", 5))
        let problem = #expect(throws: PipelineProblem.self) { try revise(again, batches: nil) }
        #expect(problem?.description.contains("1 groups with failed or late rewards were written before (a)") == true)
    }
}
