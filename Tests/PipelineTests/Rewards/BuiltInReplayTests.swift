import Foundation
import JSON
import Settings
import TestSupport
import Testing

@testable import Pipeline
@testable import Reinforce
@testable import StoredBatches

/// Built-in components from the configuration to the ledger.
@Suite struct BuiltInReplayTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        var trace = Trace()
        for (slot, answer) in ["The answer is 41", "42", "about 42.4"].enumerated() {
            trace.thread("r\(slot)", example: "e0", group: "g", slot: slot, of: 3, answer: answer)
        }
        try trace.write(folder.file("run"))
    }

    private func settings(_ components: String) -> Settings { .valid("rewards: {components: [\(components)]}") }

    private func options(_ settings: Settings, _ name: String) -> ReplayOptions {
        let (table, _) = ExampleTable.read(
            lines: Array(#"{"example_id":"e0","data":{"question":"q","answer":42},"input_keys":["question"]}"#.utf8)
        )
        var options = ReplayOptions(input: folder.file("run"), examples: table, estimator: .dashflow)
        options.stage.rewards = settings.stageConfiguration().rewards
        options.output = folder.file("b" + name)
        options.ledger = folder.file("l" + name)
        return options
    }

    private func rewards(_ name: String) throws -> [String: Double] {
        var rewards: [String: Double] = [:]
        for line in try folder.lines("l" + name) { rewards[line["thread_id"]?.text ?? ""] = line["reward"]?.number }
        return rewards
    }

    private let components = """
        {name: right, type: numeric, tolerance: 0.5}, {name: short, type: regex, of: final_state, pointer: /answer, \
        pattern: "^.{0,3}$", weight: 0.5}, {name: steps, type: steps, weight: 0}
        """

    @Test func aRolloutIsScoredByThem() throws {
        _ = try Replay(options(self.settings(components), "1")).run()
        #expect(try rewards("1") == ["r0": 0, "r1": 1.5, "r2": 1])
        let line = try #require(try folder.lines("l1").first { $0["thread_id"]?.text == "r1" })
        #expect(line["rewards"]?["steps"]?.number ?? 0 > 0)
    }

    @Test func onlyFailedThreadsAreScoredAgain() throws {
        let settings = self.settings("{name: tools, type: tool_success}")
        _ = try Replay(options(settings, "1")).run()
        #expect(try rewards("1").isEmpty, "no tool was run")
        var again = options(self.settings("{name: tools, type: tool_success, default: 0.25}"), "2")
        again.redo(try Revisions.read(ledger: folder.file("l1"), batches: .file(folder.file("b1")), settings: settings))
        _ = try Replay(again).run()
        #expect(try rewards("2") == ["r0": 0.25, "r1": 0.25, "r2": 0.25])
    }

    @Test func aGroupThatOnlyShapingTellsApartIsAPhantom() throws {
        let settings = self.settings(
            "{name: right, type: numeric, value: 7, pointer: /answer}, {name: short, type: regex, of: final_state, pointer: /answer, "
                + "pattern: \"^.{0,3}$\", weight: 0.5}"
        )
        var options = self.options(settings, "1")
        options.stage.rewards.outcome = "right"
        let kept = try Replay(options).run().summary
        #expect(kept.phantomGroups == 1 && kept.groups == [.ok: 1] && kept.batches == 1)
        let members = try folder.lines("b1").flatMap { $0["groups"]?.list ?? [] }.flatMap { $0["rollouts"]?.list ?? [] }
        #expect(members.count == 3 && members.allSatisfy { $0["advantage"]?.number == 0 })
        options.groups.dropZeroVariance = true
        options.output = folder.file("b2")
        options.ledger = folder.file("l2")
        let dropped = try Replay(options).run().summary
        #expect(dropped.phantomGroups == 1 && dropped.groups == [.zeroVariance: 1] && dropped.batches == 0)
        #expect(
            try folder.lines("l2").map { $0["reason"]?.text } == ["zero_variance", "zero_variance", "zero_variance"]
        )
    }

    @Test func aPatternThatIsNoneIsRefused() {
        let yaml = #"rewards: {components: [{name: c, type: regex, pattern: "(a"}]}"#
        let (_, problems) = Settings.load(
            file: ("c.yaml", Array(yaml.utf8)),
            environment: [:],
            overrides: [],
            checks: Settings.checks
        )
        #expect(problems.contains { $0.description.contains("`c` (regex) whose `pattern` has a `(` without a `)`") })
    }
}
