import Foundation
import JSON
import Settings
import TestSupport
import Testing

@testable import Pipeline

/// Both stages beside the embedded broker, both ways of delivery: everything but exactly once is the same.
@Suite(.waits) struct StreamTests {
    struct Crash: Error {}

    @Test(arguments: [GoldenCase.all[0], GoldenCase.all[1]], ["exactly_once", "at_least_once"])
    func theStreamGivesTheSameGroupsAsAReplay(_ golden: GoldenCase, _ delivery: String) throws {
        let run = try StreamRun(golden)
        run.settings.delivery = delivery
        try run.produce(try Recording(golden.recording).records)
        try run.process(FastClock(step: 200))
        let found = try run.digests()
        let expected = try run.replayedDigests()
        #expect(differences(found, expected) == [])
        #expect(try run.read("dash-reinforce-dlq").count == 20)
    }

    /// Every thread has one line in the ledger, the same as a replay's.
    @Test func everyThreadHasItsFate() throws {
        let run = try StreamRun(GoldenCase.all[0])
        try run.produce(try Recording(run.golden.recording).records)
        try run.process(FastClock(step: 200))
        var fates: [String: [String]] = [:]
        for record in try run.read("ledger") {
            let line = try JSONValue(parsing: record.value)
            let name = "\(line["tenant_id"]?.text ?? "")/\(line["thread_id"]?.text ?? "")"
            fates[name, default: []].append("\(line["fate"]?.text ?? "") \(line["reason"]?.text ?? "")")
        }
        let folder = try TemporaryFolder()
        var options = try run.golden.options(folder)
        options.groups = run.settings.groupConfiguration()
        _ = try Replay(options).run()
        var expected: [String: [String]] = [:]
        for line in try folder.lines("ledger.jsonl") {
            let name = "\(line["tenant_id"]?.text ?? "")/\(line["thread_id"]?.text ?? "")"
            expected[name, default: []].append("\(line["fate"]?.text ?? "") \(line["reason"]?.text ?? "")")
        }
        #expect(fates == expected)
    }

    @Test("The ledger says of every rollout what its batch says, also where advantages are taken over the whole batch")
    func theLedgerAgreesWithTheBatches() throws {
        let run = try StreamRun(GoldenCase.all[0])
        run.settings.estimator.preset = "trl-batch"
        try run.produce(try Recording(run.golden.recording).records)
        try run.process(FastClock(step: 200))
        var written: [String: JSONValue] = [:]
        for record in try run.read("reinforce") {
            let batch = try JSONValue(parsing: record.value)
            for rollout in (batch["groups"]?.list ?? []).flatMap({ $0["rollouts"]?.list ?? [] }) {
                guard rollout["votes"] == .bool(true) else { continue }
                let thread = rollout["thread_id"]?.text ?? ""
                written["\(batch["tenant_id"]?.text ?? "")/\(thread)"] = rollout["advantage"]
            }
        }
        var said: [String: JSONValue] = [:]
        for record in try run.read("ledger") {
            let line = try JSONValue(parsing: record.value)
            guard line["fate"]?.text == "trained" || line["fate"]?.text == "voted" else { continue }
            said["\(line["tenant_id"]?.text ?? "")/\(line["thread_id"]?.text ?? "")"] = line["advantage"]
        }
        #expect(said.count > 20)
        #expect(said == written)
    }

    /// Ended without a last commit, over and over: what comes twice on this broker is the same, and nothing is lost.
    @Test(arguments: [1, 2], ["exactly_once", "at_least_once"])
    func restartsLoseNothingAndChangeNoGroup(_ seed: Int, _ delivery: String) throws {
        let run = try StreamRun(GoldenCase.all[0])
        run.settings.delivery = delivery
        try run.produce(try Recording(run.golden.recording).records)
        for limit in [700 * seed, 1900] {
            let processor = try run.processor("one", FastClock(step: 20))
            processor.onPoll = { if $0.status.recordsRead >= limit { throw Crash() } }
            #expect(throws: Crash.self) { try processor.run { false } }
        }
        try run.process(FastClock(step: 200))
        let found = try run.digests()
        let expected = try run.replayedDigests()
        #expect(found.keys.sorted() == expected.keys.sorted())
        for (name, digests) in found { #expect(Set(digests) == Set(expected[name] ?? []), "\(name)") }
    }
}
