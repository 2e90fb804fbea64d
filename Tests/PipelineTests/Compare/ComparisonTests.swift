import Foundation
import JSON
import TestSupport
import Testing

@testable import Pipeline
@testable import Reinforce
@testable import Verification

/// Two configurations on one log.
@Suite struct ComparisonTests {
    private let golden = GoldenCase.all[2]

    private func compare(_ change: (inout ReplayOptions) -> Void) throws -> ComparisonReport {
        let a = try golden.options()
        var b = a
        change(&b)
        return try #require(try Comparison(a, b).run())
    }

    @Test func theSameConfigurationChangesNothing() throws {
        let report = try compare { _ in }
        #expect(report.isSame)
        #expect(report.isOnePass)
        #expect(report.changed.isEmpty)
        #expect(report.rankCorrelation.advantage == 1)
        #expect(report.totals.a == report.totals.b)
    }

    /// What one pass says of B is what a replay of B alone says.
    @Test(arguments: [
        "rloo", "reinforce++-baseline-verl", "drop_zero_variance", "timeouts", "min_rollouts",
    ])
    func onePassEqualsTwoReplays(_ what: String) throws {
        func change(_ options: inout ReplayOptions) {
            switch what {
            case "drop_zero_variance": options.groups.dropZeroVariance = true
            case "timeouts": options.stage.rewards.timeouts = .failure
            case "min_rollouts": options.batches.minRollouts = 40
            default: options.estimator = Estimator.preset(what) ?? options.estimator
            }
        }
        let report = try compare(change)
        #expect(report.isOnePass)
        #expect(!report.isSame)
        let folder = try TemporaryFolder()
        var alone = try golden.options(folder)
        change(&alone)
        let summary = try Replay(alone).run().summary
        #expect(report.totals.b.batches == summary.batches)
        #expect(
            report.totals.b.fates == Dictionary(uniqueKeysWithValues: summary.fates.map { ($0.key.rawValue, $0.value) })
        )
        #expect(
            report.totals.b.reasons
                == Dictionary(uniqueKeysWithValues: summary.excluded.map { ($0.key.rawValue, $0.value) })
        )
        var members: [String: ComparisonReport.Member] = [:]
        for group in report.groups {
            for member in group.members { members["\(group.tenant)/\(member.thread)"] = member }
        }
        for line in try folder.lines("ledger.jsonl") {
            guard line["group_id"]?.text != nil else { continue }
            let member = try #require(members["\(line["tenant_id"]?.text ?? "")/\(line["thread_id"]?.text ?? "")"])
            #expect(member.reward.b == line["reward"]?.number)
            #expect(member.advantage.b == line["advantage"]?.number)
            #expect(member.fate.b == line["reason"]?.text ?? line["fate"]?.text)
        }
    }

    /// Rules of assembly differ, so each side must read for itself; the result is no other.
    @Test func otherThreadsNeedTwoReadings() throws {
        let report = try compare { $0.stage.manifestPointer = nil }
        #expect(!report.isOnePass)
        let twice = try compare { $0.stage.rewards.timeouts = .failure }
        let a = try golden.options()
        var b = a
        b.stage.rewards.timeouts = .failure
        let comparison = Comparison(a, b)
        comparison.sharesExamples = false
        let other = try #require(try comparison.run())
        #expect(!other.isOnePass && twice.isOnePass)
        let names = ComparisonReport.Pair(a: "a", b: "b")
        let text = String(decoding: other.json(names), as: UTF8.self)
        #expect(
            text.replacing("\"one_pass\":false", with: "\"one_pass\":true")
                == String(decoding: twice.json(names), as: UTF8.self)
        )
    }

    /// Groups then come in the order of their keys, and from temporary files.
    @Test func aLogThatExceedsTheBudgetComparesTheSame() throws {
        let a = try golden.options()
        var b = a
        b.estimator = try #require(Estimator.preset("trl-batch"))
        var small = a
        small.memoryBudget = 512 << 10
        let names = ComparisonReport.Pair(a: "a", b: "b")
        let report = try #require(try Comparison(small, b).run())
        #expect(report.json(names) == (try Comparison(a, b).run()?.json(names)))
    }

    @Test func signalThatComesAndGoesIsCounted() throws {
        let report = try compare { $0.groups.dropZeroVariance = true }
        #expect(report.lost.isEmpty)
        #expect(report.changed.allSatisfy { $0.signal.a == "zero_variance" && $0.signal.b == "zero_variance" })
        let other = try compare { $0.groups.minUsable = 4 }
        #expect(!other.lost.isEmpty)
        #expect(other.trained.onlyA > 0)
        #expect(other.trained.onlyB == 0)
        #expect(other.trained.both + other.trained.onlyA == other.totals.a.fates["trained"])
    }

    @Test func aSignThatChangesIsFound() throws {
        let folder = try TemporaryFolder()
        var trace = Trace()
        for slot in 0..<2 {
            let answer = slot == 0 ? "a0" : "b"
            trace.thread("r\(slot)", example: "e0", group: "g", slot: slot, of: 2, answer: answer, reward: Double(slot))
        }
        try trace.write(folder.file("run"))
        let (table, _) = ExampleTable.read(
            lines: Array(#"{"example_id":"e0","data":{"question":"q","answer":"a0"},"input_keys":["question"]}"#.utf8)
        )
        let a = ReplayOptions(input: folder.file("run"), examples: table, estimator: .dashflow)
        var b = a
        b.stage.rewards.components = [.init(name: "judge", weight: 1, kind: .traceAttribute(name: "judge"))]
        let report = try #require(try Comparison(a, b).run())
        #expect(report.signChanges == 2)
        #expect(report.groups[0].rankCorrelation == -1)
        #expect(report.text(.init(a: "a", b: "b")).contains("2 advantages change their sign"))
    }

    @Test func whatOfTheCallsIsTrainedIsCompared() throws {
        let a = try CallGolden().options
        var trained = TrainableCalls()
        for batch in try CallGolden().batches() {
            for rollout in (batch["groups"]?.list ?? []).flatMap({ $0["rollouts"]?.list ?? [] }) {
                for call in rollout["calls"]?.list ?? [] where call["trains"] == .bool(true) {
                    trained.calls += 1
                    trained.chats += call["prompt"] == .null ? 0 : 1
                    let mask = call["loss_mask"]?.list.compactMap(\.int) ?? []
                    trained.tokens += mask.isEmpty ? call["output_tokens"]?.int ?? 0 : mask.reduce(0, +)
                }
            }
        }
        let names = ComparisonReport.Pair(a: "a", b: "b")
        let same = try #require(try Comparison(a, a).run())
        #expect(same.isSame && same.totals.a.calls == trained && same.totals.b.calls == trained)
        #expect(trained.calls > 100 && trained.chats > 100 && trained.tokens > 100)

        // groups of fewer than four are not written: theirs is not trained
        var b = a
        b.groups.minUsable = 4
        let report = try #require(try Comparison(a, b).run())
        #expect(report.totals.a.calls == trained)
        #expect(report.totals.b.calls.calls < trained.calls)
        let lost = report.groups.reduce(0) { $0 + $1.calls.a.calls - $1.calls.b.calls }
        #expect(lost == trained.calls - report.totals.b.calls.calls)
        let text = report.text(names, limit: 0)
        #expect(text.contains("calls trained") && text.contains("  trained: calls "))
        let json = try JSONValue(parsing: report.json(names))
        #expect(
            json["a"]?["calls_trained"]?.int == trained.calls && json["a"]?["tokens_trained"]?.int == trained.tokens
        )
        #expect(json["groups"]?.list.first?["members"]?.list.first?["calls_trained_a"]?.int != nil)
        #expect(report.html(names).contains("calls trained"))
    }

    @Test func ranksShareTheirMeanWhereValuesAreEqual() {
        #expect(ranks([3, 1, 3, 2]) == [3.5, 1, 3.5, 2])
        #expect(spearman([1, 2, 3], [10, 20, 30]) == 1)
        #expect(spearman([1, 2, 3], [3, 2, 1]) == -1)
        #expect(spearman([1, 1, 1], [1, 2, 3]) == nil)
        #expect(spearman([1], [1]) == nil)
        let value = spearman([1, 2, 2, 4, 5], [2, 1, 4, 4, 3]) ?? 0
        #expect(abs(value - 0.394736842105263) < 1e-12)
    }

    @Test func thePageIsWholeAndNeedsNothingElse() throws {
        let report = try compare { $0.estimator = Estimator.preset("rloo") ?? $0.estimator }
        let page = report.html(.init(a: "a<b>.yaml", b: "\"b\".yaml"))
        #expect(page.contains("a&lt;b&gt;.yaml") && page.contains("&quot;b&quot;.yaml"))
        #expect(!page.contains("http") && !page.contains("<script") && !page.contains("nan"))
        #expect(page.split(separator: "<svg").count == 5)
        for tag in ["table", "svg", "details", "section", "figure", "tr"] {
            #expect(page.split(separator: "<\(tag)").count == page.split(separator: "</\(tag)>").count, "\(tag)")
        }
    }

    @Test func theProgramSaysWhetherAnythingDiffers() throws {
        let folder = try TemporaryFolder()
        try Data("estimator: {preset: dashflow}\n".utf8).write(to: URL(filePath: folder.file("a.yaml")))
        try Data("estimator: {preset: rloo}\n".utf8).write(to: URL(filePath: folder.file("b.yaml")))
        func run(_ b: String, _ more: String...) throws -> Tool {
            try Tool(
                arguments: [
                    "compare", folder.file("a.yaml"), folder.file(b), "--input", golden.recording, "--examples",
                    Fixture.path("golden/\(golden.folder)/examples.jsonl"),
                ] + more
            )
        }
        #expect(try run("b.yaml").code == 0)
        #expect(try run("b.yaml", "--exit-code").code == 1)
        let same = try run("a.yaml", "--exit-code")
        #expect(same.code == 0)
        #expect(same.out.contains("nothing changes"))
        let json = try JSONValue(parsing: Array(try run("b.yaml", "--json").out.utf8))
        #expect(json["groups"]?.list.count == json["groups_total"]?.int)
        #expect(try Tool("compare", folder.file("a.yaml"), "--input", golden.recording).code == 64)
    }
}
