import Foundation
import JSON
import Settings
import TestSupport
import Testing

@testable import Inspection
@testable import Pipeline
@testable import Reinforce
@testable import Terminal

/// Who gave a reward from outside the trace, and why, stands beside it wherever it is shown.
@Suite struct SayingTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        var trace = Trace()
        for (slot, answer) in ["left", "right"].enumerated() {
            trace.thread("r\(slot)", example: "e0", group: "g", slot: slot, of: 2, answer: answer)
        }
        try trace.write(folder.file("run"))
    }

    private func options(_ records: String, _ name: String = "b") throws -> ReplayOptions {
        let yaml = """
            topics: {rewards: r}
            rewards:
              components: [{name: match, type: exact_match}, {name: style, type: topic, default: 0.25}]
            """
        let settings = Settings.valid(yaml)
        let (table, _) = ExampleTable.read(
            lines: Array(#"{"example_id":"e0","data":{"question":"q","answer":"left"},"input_keys":["question"]}"#.utf8)
        )
        var options = ReplayOptions(input: folder.file("run"), examples: table, estimator: .dashflow)
        options.stage = settings.stageConfiguration()
        let (read, wrong) = RewardRecords.read(lines: Array(records.utf8))
        #expect(wrong.isEmpty)
        options.stage.rewardRecords = read
        options.output = folder.file(name)
        return options
    }

    private func record(_ thread: String, _ value: Double, _ rest: String = "") -> String {
        #"{"tenant_id":"t","thread_id":"\#(thread)","component":"style","value":\#(value)\#(rest)}"# + "\n"
    }

    private let why = #","evaluator":"ann","evaluator_version":3,"duration_ms":1200,"explanation":"plain \"words\"""#

    private func group(_ name: String = "b") throws -> JSONValue {
        try #require(try folder.lines(name).first?["groups"]?.list.first)
    }

    private func component(_ group: JSONValue, _ rollout: Int, _ name: String) throws -> JSONValue {
        let rewards = group["rollouts"]?.list[rollout]["rewards"]?.list ?? []
        return try #require(rewards.first { $0["name"]?.text == name })
    }

    @Test func theBatchSaysWhoGaveAComponentAndWhy() throws {
        _ = try Replay(options(record("r0", 1, why))).run()
        let group = try group()
        let style = try component(group, 0, "style")
        #expect(style["evaluator"]?.text == "ann")
        #expect(style["evaluator_version"]?.int == 3)
        #expect(style["duration_ms"]?.int == 1200)
        #expect(style["explanation"]?.text == #"plain "words""#)
        // of what nobody said and of what is computed there are no such keys
        for other in [try component(group, 1, "style"), try component(group, 0, "match")] {
            #expect(Set(other.fields.map(\.key)) == ["name", "weight", "value", "status", "evaluator_version"])
            #expect(other["evaluator_version"]?.int == 1)
        }
    }

    @Test func whatIsSaidBesideAValueChangesNoDigest() throws {
        _ = try Replay(options(record("r0", 1, why), "1")).run()
        _ = try Replay(options(record("r0", 1), "2")).run()
        #expect(try group("1")["digest"]?.text == group("2")["digest"]?.text)
        #expect(try group("1") != group("2"))
    }

    @Test func protobufSaysTheSame() throws {
        var options = try options(record("r0", 1, why) + record("r1", 0), "1")
        _ = try Replay(options).run()
        options.batches.format = .protobuf
        options.output = folder.file("1.pb")
        _ = try Replay(options).run()
        let bytes = try folder.bytes("1.pb")
        let start = try #require(bytes.firstIndex { $0 < 0x80 }) + 1
        #expect(try JSONValue(trainingBatch: Array(bytes[start...])) == folder.lines("1").first)
    }

    /// Anyone may write a record: a batch is not let grow by it, and no character is cut in two.
    @Test func aLongExplanationIsCutAndAStrangeVersionIsBounded() throws {
        let long = String(repeating: "ü", count: 6000)
        let rest = #","evaluator_version":-7,"duration_ms":-1,"explanation":"x\#(long)""#
        _ = try Replay(options(record("r0", 1, rest))).run()
        let style = try component(group(), 0, "style")
        let text = try #require(style["explanation"]?.text)
        #expect(text == "x" + String(repeating: "ü", count: 4095))
        #expect(style["evaluator_version"]?.int == 0)
        #expect(style["duration_ms"]?.int == 0)
    }

    @Test func inspectShowsIt() throws {
        let options = try options(record("r0", 1, why))
        let plain = TextStyle(colours: false)
        let report = try #require(try GroupInspection(options).groups("g")?.first)
        let line = #"style: plain "words" (ann, version 3, 1200 ms)"#
        #expect(report.text(plain).contains(line))
        var reports = try ThreadInspection(.recording(folder.file("run")), options).run("r0", tenant: nil)
        #expect(reports.count == 1)
        reports[0].ledger = try #require(GroupInspection(options).fates(ofThread: "r0")?.first)
        #expect(reports[0].text(plain).contains(line))
    }

    /// A thread that is scored as an earlier run scored it keeps what was said of it.
    @Test func aScoreThatIsTakenOverKeepsWhoGaveIt() throws {
        var options = try options(record("r0", 1, why))
        options.stage.earlierScores = [
            ThreadKey(tenant: "t", thread: "r0"): EarlierScore(reward: 2, values: ["match": 1, "style": 1])
        ]
        _ = try Replay(options).run()
        #expect(try component(group(), 0, "style")["explanation"]?.text == #"plain "words""#)
    }
}
