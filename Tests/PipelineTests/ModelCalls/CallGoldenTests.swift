import JSON
import TestSupport
import Testing

@testable import Pipeline
@testable import Reinforce

/// Model calls as an independent program reads them out of the same recording.
@Suite struct CallGoldenTests {
    @Test func everyFieldOfEveryCallIsAsExpected() throws {
        let golden = try CallGolden()
        let found = CallGolden.groups(try golden.batches())
        #expect(golden.emitted.count == 65)
        #expect(found.count == golden.emitted.count)
        var calls = 0
        for (name, expected) in golden.emitted {
            let group = try #require(found[name], "\(name)")
            #expect(group["digest"] == expected["digest"], "\(name)")
            let rollouts = group["rollouts"]?.list ?? []
            #expect(rollouts.count == expected["rollouts"]?.list.count, "\(name)")
            for (rollout, wanted) in zip(rollouts, expected["rollouts"]?.list ?? []) {
                let place = "\(name) \(wanted["thread_id"]?.text ?? "")"
                compare(rollout, wanted, place, leavingOut: ["calls", "samples"])
                for list in ["samples", "calls"] as [Text] {
                    let (own, theirs) = (rollout[list]?.list ?? [], wanted[list]?.list ?? [])
                    #expect(own.count == theirs.count, "\(place) \(list)")
                    for (a, b) in zip(own, theirs) {
                        compare(a, b, "\(place) \(list) \(b["request_id"]?.text ?? b["node_id"]?.text ?? "")")
                    }
                    if list == "calls" { calls += own.count }
                }
            }
        }
        #expect(calls == 706)
    }

    private func compare(_ own: JSONValue, _ expected: JSONValue, _ place: String, leavingOut: Set<Text> = []) {
        for entry in expected.fields where !leavingOut.contains(entry.key) {
            let (a, b) = (own[entry.key], entry.value)
            switch entry.key {
            case "logprobs":
                let floats = (a?.list.map { $0.number.map { Float($0) } }, b.list.map { $0.number.map { Float($0) } })
                #expect(floats.0 == floats.1, "\(place) \(entry.key)")
            case "reward", "advantage", "weight", "temperature", "top_p":
                #expect(close(a?.number, b.number), "\(place) \(entry.key)")
            case "prompt", "tools", "completion":
                #expect(a?.canonicalText == b.canonicalText, "\(place) \(entry.key)")
            default: #expect(a == b, "\(place) \(entry.key)")
            }
        }
    }

    private func close(_ a: Double?, _ b: Double?) -> Bool {
        guard let a, let b else { return a == nil && b == nil }
        return abs(a - b) <= 1e-9 * max(1, abs(b))
    }

    @Test func withoutItsCallsADigestIsWhatItAlwaysWas() throws {
        let golden = try CallGolden()
        let batches = try golden.batches()
        var without: [String: String] = [:]
        for batch in batches {
            for group in batch["groups"]?.list ?? [] {
                guard case .object(var object) = group else { continue }
                object["rollouts"] = .array(
                    (group["rollouts"]?.list ?? []).map { rollout in
                        guard case .object(var fields) = rollout else { return rollout }
                        fields["calls"] = .array([])
                        return .object(fields)
                    }
                )
                let content = JSONValue.digestContent(
                    ofGroup: object,
                    tenant: Text(batch["tenant_id"]?.text ?? ""),
                    estimator: batch["estimator"] ?? .null
                )
                let name = "\(batch["tenant_id"]?.text ?? "")/\(group["group_id"]?.text ?? "")"
                without[name] = content.map { sha256($0.canonicalBytes).hexadecimal }
            }
        }
        for (name, expected) in golden.emitted {
            #expect(without[name] == expected["digest_without_calls"]?.text, "\(name)")
        }
    }

    @Test func everythingIsCounted() throws {
        let golden = try CallGolden()
        let counts = try Replay(golden.options).run().summary.stage.calls
        let expected = golden.expected["counts"]
        func wanted(_ name: String) -> Int? { expected?[Text("calls_" + name)]?.int }
        #expect(counts.calls == wanted("calls"))
        #expect(counts.chunksWithoutCall == wanted("chunks_without_call"))
        #expect(counts.retries == wanted("retries"))
        #expect(counts.retriesWithoutCall == wanted("retry_without_call"))
        #expect(counts.notTrainable == wanted("not_trainable"))
        #expect(counts.streamsAlone == wanted("requests_of_chunks_alone"))
        for problem in TokenProblem.allCases {
            #expect(counts.problems[problem.rawValue] == wanted("problem_" + problem.rawValue), "\(problem)")
        }
        for source in ModelCall.TokenSource.allCases {
            #expect(counts.sources[source.rawValue] == wanted("source_" + source.rawValue), "\(source)")
        }
        for status in ModelCall.Status.allCases {
            #expect(counts.statuses[status.rawValue] == wanted("status_" + status.rawValue), "\(status)")
        }
    }

    @Test func protobufSaysTheSame() throws {
        let golden = try CallGolden()
        let json = try golden.batches()
        let protobuf = try golden.batches { $0.batches.format = .protobuf }
        #expect(json.count == protobuf.count)
        for (a, b) in zip(json, protobuf) { #expect(a.canonicalText == b.canonicalText) }
    }

    @Test func aCallThatTravelsBetweenTheStagesIsTheSame() throws {
        let golden = try CallGolden()
        let replay = Replay(golden.options)
        let collector = RolloutCollector()
        replay.observer = collector
        _ = try replay.run()
        #expect(collector.groups.count >= 65)
        let renderer = GroupRenderer(.dashflow, golden.options.batches, topics: ["t"])
        for group in collector.groups {
            let copies = try group.claimants.map { rollout in
                let bytes = ScoredRecord.scored(rollout).encoded()
                guard case .scored(let copy) = try unsafe ScoredRecord(decoding: bytes.span.bytes) else {
                    return rollout
                }
                #expect(ScoredRecord.scored(copy).encoded() == bytes)
                return copy
            }
            let decider = GroupDecider(
                golden.options.groups,
                estimator: .dashflow,
                rewards: golden.options.stage.rewards,
                examples: golden.options.examples
            )
            let again = try #require(decider.decide(group.key, copies))
            #expect(renderer.render(again).body == renderer.render(group).body)
        }
    }

    private final class RolloutCollector: ReplayObserver {
        var groups: [DecidedGroup] = []
        func began(topics: [Text]) {}
        func ended(_ group: DecidedGroup, _ reason: ExclusionReason?) { groups.append(group) }
        func ended(_ entry: LedgerEntry) {}
    }
}
