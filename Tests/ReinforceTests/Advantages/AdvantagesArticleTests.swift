import Foundation
import Reinforce
import Testing

/// The example of the documentation's article gives what the article says.
@Suite struct AdvantagesArticleTests {
    // begin of the article's program
    func advantages() -> [GroupAdvantages] {
        let trl = Estimator.preset("trl") ?? .dashflow
        let rewards: [[Double?]] = [[1, 0, 0, 1], [1, 1, 1, 1], [0.5, nil]]
        return rewards.map { group in
            groupAdvantages(group.map { KernelMember(reward: $0) }, estimator: trl, minUsable: 2)
        }
    }
    // end of the article's program

    @Test func theNumbersAreThoseOfTheArticle() {
        let found = advantages()
        #expect(found.map(\.signal) == [.ok, .zeroVariance, .insufficient])
        let expected = 0.5 / ((1.0 / 3).squareRoot() + 0.0001)
        for (advantage, sign) in zip(found[0].advantages, [1.0, -1, -1, 1]) {
            #expect(abs(advantage - sign * expected) < 1e-12)
        }
        #expect(abs(expected - 0.86588) < 1e-5)
        #expect(found[1].advantages == [0, 0, 0, 0])
        #expect(found[2].advantages == [0, 0])
    }

    @Test func theArticleShowsTheProgram() throws {
        let here = try String(contentsOfFile: #filePath, encoding: .utf8)
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let article = try String(
            contentsOf: root.appending(path: "Sources/Reinforce/Reinforce.docc/GroupRelativeAdvantages.md"),
            encoding: .utf8
        )
        let program = here.components(separatedBy: "// begin of the article's program\n")[1]
            .components(separatedBy: "    // end of the article's program")[0]
            .split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("    ") ? String($0.dropFirst(4)) : String($0) }.joined(separator: "\n")
        #expect(article.contains("```swift\n" + program + "```"))
    }
}
