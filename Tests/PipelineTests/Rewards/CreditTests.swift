import DashStream
import Foundation
import JSON
import Settings
import TestSupport
import Testing

@testable import Pipeline
@testable import Reinforce
@testable import Verification

/// `credit: node` and `credit: state` from the trace to the batch, against an independent program (`Tests/Oracle/credit.py`).
@Suite struct CreditTests {
    private let folder: TemporaryFolder
    private let fixture: JSONValue

    init() throws {
        folder = try TemporaryFolder()
        fixture = try Fixture.json("credit/cases.json")
        var trace = Trace()
        for group in fixture["groups"]?.list ?? [] {
            for rollout in group["rollouts"]?.list ?? [] { trace.credited(rollout, group: group["group"]?.text ?? "") }
        }
        try trace.write(folder.file("run"))
    }

    private func settings(_ yaml: String) -> Settings {
        .valid("rewards: {components: [{name: total, type: trace_attribute, weight: 2}]}\n" + yaml)
    }

    private func options(_ yaml: String, _ name: String) throws -> ReplayOptions {
        let settings = settings(yaml)
        let (table, _) = ExampleTable.read(
            lines: Array(#"{"example_id":"e","data":{"question":"q"},"input_keys":["question"]}"#.utf8)
        )
        var options = ReplayOptions(input: folder.file("run"), examples: table, estimator: try settings.makeEstimator())
        options.stage = settings.stageConfiguration()
        options.groups = settings.groupConfiguration()
        options.output = folder.file(name)
        return options
    }

    private func rollouts(_ yaml: String, _ name: String = "b.jsonl") throws -> [JSONValue] {
        _ = try Replay(options(yaml, name)).run()
        return try folder.lines(name).flatMap { $0["groups"]?.list ?? [] }.flatMap { $0["rollouts"]?.list ?? [] }
    }

    @Test func everyCallAndSampleGetsWhatTheIndependentProgramGivesIt() throws {
        var compared = 0
        for line in fixture["cases"]?.list ?? [] {
            let (credit, preset) = (line["credit"]?.text ?? "", line["preset"]?.text ?? "")
            let found = try rollouts("credit: \(credit)\nestimator: {preset: \(preset)}")
            #expect(found.count == 16)
            for rollout in found {
                let expected = line["expected"]?[Text(rollout["thread_id"]?.text ?? "")]
                for kind in ["calls", "samples"] {
                    let own = rollout[Text(kind)]?.list.map { $0["advantage"]?.number ?? .nan } ?? []
                    let wanted = expected?[Text(kind)]?.list.compactMap(\.number) ?? []
                    #expect(own.count == wanted.count)
                    for (index, (own, wanted)) in zip(own, wanted).enumerated() {
                        #expect(
                            abs(own - wanted) <= 1e-9 * max(1, abs(wanted)),
                            "\(credit) \(preset) \(rollout["thread_id"]?.text ?? "") \(kind) \(index)"
                        )
                        compared += 1
                    }
                }
            }
        }
        #expect(compared > 1500)
    }

    @Test func theRolloutsOwnAdvantageStaysAndTheBatchSaysWhatIsCredited() throws {
        let plain = try rollouts("", "1.jsonl")
        let node = try rollouts("credit: node", "2.jsonl")
        #expect(plain.map { $0["advantage"] } == node.map { $0["advantage"] })
        #expect(plain.map { $0["reward"] } == node.map { $0["reward"] })
        #expect(try folder.lines("2.jsonl").map { $0["estimator"]?["credit"]?.text } == ["node"])
        #expect(try folder.lines("1.jsonl").map { $0["estimator"]?["credit"]?.text } == ["rollout"])
        // a sample says what it was compared by, only where it was compared
        func samples(_ rollouts: [JSONValue]) -> [JSONValue] { rollouts.flatMap { $0["samples"]?.list ?? [] } }
        #expect(samples(plain).allSatisfy { $0["reward"] == nil })
        #expect(samples(node).contains { $0["reward"]?.number == 0.5 })
        #expect(samples(node).contains { $0["reward"] == nil })
    }

    @Test func protobufSaysTheSameAndTheDigestIsOverIt() throws {
        let json = try folder.linesOfReplay(options("credit: state", "1.jsonl"), "1.jsonl")
        var binary = try options("credit: state", "1.pb")
        binary.batches.format = .protobuf
        _ = try Replay(binary).run()
        let bytes = try folder.bytes("1.pb")
        // the length before it is a varint
        let start = try #require(bytes.firstIndex { $0 < 0x80 }) + 1
        let batch = try JSONValue(trainingBatch: Array(bytes[start...]))
        #expect(batch == json.first)
        // what `verify` takes the digest over says the same as the writer
        guard case .object(let group)? = json.first?["groups"]?.list.first else {
            Issue.record("the batch has no group")
            return
        }
        let content = try #require(
            JSONValue.digestContent(ofGroup: group, tenant: "t", estimator: json.first?["estimator"] ?? .null)
        )
        #expect(sha256(content.canonicalBytes).hexadecimal == group["digest"]?.text)
    }

    /// Rewards of single steps tell rollouts apart whose totals are equal.
    @Test func aGroupWhoseTotalsAreEqualHasASignalByItsSteps() throws {
        var trace = Trace()
        for slot in 0..<2 {
            let steps = #"[{"node":"n","own":\#(slot),"writes":"x","calls":[]}]"#
            let line = #"{"thread":"r\#(slot)","slot":\#(slot),"total":1,"steps":\#(steps)}"#
            trace.credited(try JSONValue(parsing: line), group: "g", size: 2)
        }
        try trace.write(folder.file("run"))
        let drop = "groups: {drop_zero_variance: true}\n"
        let node = try rollouts(drop + "credit: node")
        #expect(node.compactMap { $0["samples"]?.list.first?["advantage"]?.number?.sign } == [.minus, .plus])
        #expect(node.map { $0["advantage"]?.number } == [0, 0])
        #expect(try rollouts(drop + "credit: rollout").isEmpty)
    }

    @Test func aComparisonReadsTheLogOnceMoreWhereOnlyOneSideNeedsTheRewardsOfSteps() throws {
        let (a, b) = (try options("", "1"), try options("credit: node", "2"))
        #expect(!a.sharesThreads(with: b))
        #expect(b.sharesThreads(with: try options("credit: state", "3")))
    }
}

extension TemporaryFolder {
    fileprivate func linesOfReplay(_ options: ReplayOptions, _ name: String) throws -> [JSONValue] {
        _ = try Replay(options).run()
        return try lines(name)
    }
}

extension Trace {
    /// A thread of the fixture: steps that call models, write, and have rewards of their own.
    fileprivate mutating func credited(_ rollout: JSONValue, group: String, size: Int64 = 4) {
        let id = rollout["thread"]?.text ?? ""
        var state = JSONObject([("question", .string("q"))])
        var sequence: UInt64 = 0
        func own(_ rewards: [(String, Double)]) -> [(String, OutgoingAttribute)] {
            rewards.map { ("rl.reward." + $0.0, .float($0.1)) }
        }
        func write(_ trace: inout Trace, _ body: (OutgoingHeader) -> OutgoingMessage) {
            sequence += 1
            trace.append(id, body(trace.header(id, sequence)))
        }
        let start: [(String, OutgoingAttribute)] = [
            ("initial_state_json", .string(JSONValue.object(state).canonicalText)), ("example_id", .string("e")),
            ("group_id", .string(group)), ("rollout_index", .integer(Int64(rollout["slot"]?.int ?? 0))),
            ("group_size", .integer(size)), ("policy_version", .integer(1)),
        ]
        write(&self) { .event($0, type: 1, attributes: start) }
        var requests = 0
        for step in rollout["steps"]?.list ?? [] {
            let node = step["node"]?.text ?? ""
            write(&self) { .event($0, type: 10, node: node) }
            for call in step["calls"]?.list ?? [] {
                requests += 1
                let prompt = #"[{"role":"user","content":"go"}]"#
                let answer = #"{"role":"assistant","content":"\#(call["says"]?.text ?? "")"}"#
                write(&self) {
                    .event(
                        $0,
                        type: 30,
                        node: node,
                        attributes: [("gen_ai.input.messages", .string(prompt))],
                        request: "q\(requests)"
                    )
                }
                let end: [(String, OutgoingAttribute)] = [
                    ("gen_ai.output.messages", .string(answer)),
                    ("gen_ai.usage.output_tokens", .integer(Int64(call["tokens"]?.int ?? 0))),
                ]
                let rewards = call["own"]?.fields.map { ($0.key.string, $0.value.number ?? .nan) } ?? []
                write(&self) {
                    .event($0, type: 31, node: node, attributes: end + own(rewards), request: "q\(requests)")
                }
            }
            state["at"] = step["writes"]
            let operation = OutgoingMessage.Operation(op: 0, path: "/at", value: step["writes"]?.canonicalBytes ?? [])
            let hash = sha256(JSONValue.object(state).canonicalBytes)
            write(&self) { .stateDiff($0, operations: [operation], hash: hash) }
            let rewards = step["own"]?.number.map { [("step", $0)] } ?? []
            write(&self) { .event($0, type: 11, node: node, attributes: own(rewards), duration: 5) }
        }
        write(&self) { .event($0, type: 2, attributes: own([("total", rollout["total"]?.number ?? 0)])) }
    }
}
