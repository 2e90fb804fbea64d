import Foundation
import JSON
import Pipeline
import Reinforce
import TestSupport
import Testing

struct Politeness: RewardFunction {
    func reward(of rollout: RewardInput) -> RewardOutcome {
        guard let text = rollout.completion else { return .noAnswer }
        return .value(text.string.contains("please") ? 1 : 0)
    }
}

func replay(_ recording: String, _ examples: ExampleTable) throws -> ReplaySummary {
    var options = ReplayOptions(input: recording, examples: examples, estimator: .dashflow)
    let polite = AnyRewardFunction(Politeness())
    options.stage.rewards.components = [.init(name: "polite", weight: 1, kind: .function(polite))]
    return try Replay(options).run().summary
}

/// The example of `docs/rewards.md`, as somebody outside the package would write it: it sees what is public only.
@Suite struct OwnRewardTests {
    @Test func theExampleOfTheDocumentationCompilesAndScores() throws {
        let folder = try TemporaryFolder()
        var trace = Trace()
        for (slot, answer) in ["please", "no", "please do"].enumerated() {
            trace.thread("r\(slot)", example: "e0", group: "g", slot: slot, of: 3, answer: answer)
        }
        try trace.write(folder.file("run"))
        let (examples, _) = ExampleTable.read(
            lines: Array(#"{"example_id":"e0","data":{"question":"q"},"input_keys":["question"]}"#.utf8)
        )
        let summary = try replay(folder.file("run"), examples)
        #expect(summary.meanReward == 2.0 / 3)
        #expect(summary.batches == 1)
    }

    /// What stands there is what is compiled here.
    @Test func theDocumentationShowsThisVeryCode() throws {
        let here = URL(filePath: #filePath)
        let own = try String(contentsOf: here, encoding: .utf8)
        let docs = here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/rewards.md")
        let page = try String(contentsOf: docs, encoding: .utf8)
        let section = try #require(page.components(separatedBy: "## A reward in Swift").last)
        let code = try #require(section.components(separatedBy: "```swift\n").dropFirst().first)
        let parts = try #require(code.components(separatedBy: "```").first).components(separatedBy: "\n\n")
        #expect(parts.count == 3)
        for part in parts.dropFirst() { #expect(own.contains(part.trimmingCharacters(in: .newlines)), "\(part)") }
    }
}
