import Foundation
import JSON
import Settings
import TestSupport
import Testing

@testable import Inspection
@testable import Pipeline
@testable import Recordings
@testable import Reinforce
@testable import StoredBatches
@testable import Verification

/// What `verify` must catch, and must not.
@Suite(.waits) struct VerificationTests {
    @Test(
        arguments: [
            ("dashflow", BatchConfiguration.Samples.both), ("verl", .text), ("trl-batch", .fields),
            ("reinforce++-baseline-verl", .text), ("gdpo", .both),
        ]
    )
    func whatAReplayWroteIsVerified(_ preset: String, _ samples: BatchConfiguration.Samples) throws {
        let folder = try TemporaryFolder()
        var options = try GoldenCase.all[0].options(folder)
        options.estimator = try #require(Estimator.preset(preset))
        options.batches.samples = samples
        options.output = folder.file("b.jsonl.zst")
        _ = try Replay(options).run()
        let report = try #require(
            try Verification(options, batches: .file(folder.file("b.jsonl.zst")), settings: Settings()).run()
        )
        #expect(report.isProven)
        #expect(report.groups > 50)
        #expect(report.text().hasPrefix("verified \(report.groups) of \(report.groups) groups in \(report.batches)"))
    }

    @Test func aChangedRewardIsCaughtWithTheDigestLeft() throws {
        var file = try BatchFile()
        file.change(1, 0, 1) { $0["reward"] = .double(0.25) }
        try file.write()
        let report = try file.verify()
        #expect(report.verified == report.groups - 1)
        #expect(report.differences.map(\.kind) == [.digest, .reward])
        #expect(
            report.differences[1].thread == file.batches[1]["groups"]?.list[0]["rollouts"]?.list[1]["thread_id"]?.text
        )
        #expect(report.differences[1].written == "0.25")
    }

    @Test func aChangedRewardIsCaughtWithTheDigestRecomputed() throws {
        var file = try BatchFile()
        file.change(1, 0, 1) { $0["reward"] = .double(0.25) }
        try file.seal()
        try file.write()
        let report = try file.verify()
        #expect(report.verified == report.groups - 1)
        #expect(report.differences.map(\.kind) == [.reward])
    }

    @Test(arguments: [false, true])
    func aChangedAdvantageIsCaught(_ sealed: Bool) throws {
        var file = try BatchFile()
        file.change(2, 1, 0) { $0["advantage"] = .double(3) }
        if sealed { try file.seal() }
        try file.write()
        let report = try file.verify()
        #expect(report.verified == report.groups - 1)
        #expect(report.differences.contains { $0.kind == .advantage && $0.written == "3.0" })
    }

    @Test func aMissingMemberIsCaught() throws {
        var file = try BatchFile()
        var thread: String?
        file.change(0, 0) { group in
            guard case .array(var rollouts)? = group["rollouts"] else { return }
            thread = rollouts.remove(at: 0)["thread_id"]?.text
            group["rollouts"] = .array(rollouts)
        }
        try file.seal()
        try file.write()
        let report = try file.verify()
        #expect(report.verified == report.groups - 1)
        #expect(report.differences.map(\.kind) == [.missingMember])
        #expect(report.differences[0].thread == thread)
    }

    @Test func aMemberOfAnotherTenantIsCaught() throws {
        var file = try BatchFile()
        let own = file.batches[0]["tenant_id"]
        let other = try #require(file.batches.first { $0["tenant_id"] != own })
        let stranger = try #require(other["groups"]?.list[0]["rollouts"]?.list[0])
        file.change(0, 0) { group in
            guard case .array(let rollouts)? = group["rollouts"] else { return }
            group["rollouts"] = .array(rollouts + [stranger])
        }
        try file.seal()
        try file.write()
        let report = try file.verify()
        #expect(report.verified == report.groups - 1)
        #expect(report.differences.map(\.kind) == [.surplusMember])
    }

    @Test func anotherEpsilonIsCaughtInTheFileAndInTheConfiguration() throws {
        var file = try BatchFile()
        let other = try #require(try file.verify { $0.estimator.epsilon = 1e-4 })
        #expect(other.verified == 0)
        #expect(other.differences.contains { $0.kind == .estimator && $0.field == "estimator.epsilon" })
        guard case .object(var object) = file.batches[3], case .object(var estimator)? = object["estimator"] else {
            return
        }
        estimator["epsilon"] = .double(1e-4)
        object["estimator"] = .object(estimator)
        file.batches[3] = .object(object)
        try file.seal()
        try file.write()
        let report = try file.verify()
        let inBatch = file.batches[3]["groups"]?.list.count ?? 0
        #expect(report.verified == report.groups - inBatch)
        #expect(report.differences.contains { $0.field == "estimator.epsilon" && $0.place == "line 4" })
    }

    @Test func aReorderedBatchIsCaught() throws {
        var file = try BatchFile()
        file.changeGroups(0) { $0.swapAt(0, 1) }
        try file.write()
        let report = try file.verify()
        #expect(report.differences.map(\.kind) == [.order])
        #expect(report.verified == report.groups - (file.batches[0]["groups"]?.list.count ?? 0))
    }

    @Test func batchesInAnotherOrderAreCaught() throws {
        var file = try BatchFile()
        file.batches.swapAt(0, 1)
        try file.write()
        #expect(try file.verify().differences.map(\.kind) == [.order])
    }

    @Test func missingAndSurplusGroupsAreCaught() throws {
        var file = try BatchFile()
        file.batches[0] = file.batches[1]
        try file.write()
        let report = try file.verify()
        #expect(!report.isProven)
        #expect(report.differences.filter { $0.kind == .missingGroup }.count == 4)
        #expect(report.differences.filter { $0.kind == .surplusGroup }.count == 4)
        file.change(1, 0) { $0["group_id"] = .string("of nobody") }
        try file.write()
        #expect(try file.verify().differences.contains { $0.kind == .surplusGroup && $0.group == "of nobody" })
    }

    /// One byte, half a line, whole lines, and a cut zstd file.
    @Test(arguments: [1, 1000, 60_000])
    func aCutFileIsCaught(_ bytes: Int) throws {
        let file = try BatchFile()
        let whole = try Data(contentsOf: URL(filePath: file.path))
        try whole.dropLast(bytes).write(to: URL(filePath: file.path))
        let report = try file.verify()
        #expect(!report.isProven)
        #expect(report.differences.contains { $0.kind == .cut })
        #expect(report.groups == 63)
    }

    @Test func aCutCompressedFileAndAMissingLineAreCaught() throws {
        let folder = try TemporaryFolder()
        var options = try GoldenCase.all[0].options(folder)
        options.output = folder.file("b.jsonl.zst")
        _ = try Replay(options).run()
        let path = folder.file("b.jsonl.zst")
        let whole = try Data(contentsOf: URL(filePath: path))
        try whole.dropLast(10).write(to: URL(filePath: path))
        let report = try #require(try Verification(options, batches: .file(path), settings: Settings()).run())
        #expect(report.differences.contains { $0.kind == .cut })
        var file = try BatchFile()
        file.batches.removeLast()
        try file.write()
        #expect(try file.verify().differences.allSatisfy { $0.kind == .missingGroup })
    }

    @Test func aChangedExampleIsNamed() throws {
        let file = try BatchFile()
        let id = try #require(file.batches[0]["groups"]?.list[0]["example_id"]?.text)
        let found = try file.verify { options in
            let line = #"{"example_id":"\#(id)","data":{"question":"other","answer":"a"},"input_keys":["question"]}"#
            guard let example = try? ExampleTable.example(Array(line.utf8)) else { return }
            options.examples.insert(example)
        }
        let report = try #require(found)
        #expect(report.differences.contains { $0.kind == .example && $0.field == "example_sha256" })
    }

    @Test(arguments: ["token_ids", "completion", "weight", "advantage"])
    func whatTheDigestDoesNotHoldIsComparedToo(_ field: String) throws {
        var file = try BatchFile()
        file.change(0, 0, 0) { rollout in
            if field == "weight" { return rollout["weight"] = .double(9) }
            guard case .array(var samples)? = rollout["samples"], case .object(var sample)? = samples.first else {
                return
            }
            sample[Text(field)] =
                field == "token_ids" ? .array([.integer(7)]) : field == "advantage" ? .double(9) : .string("x")
            samples[0] = .object(sample)
            rollout["samples"] = .array(samples)
        }
        try file.seal()
        try file.write()
        let report = try file.verify()
        #expect(report.verified == report.groups - 1)
        #expect(report.differences.count == 1)
    }

    @Test func aLogThatExceedsTheBudgetProvesTheSame() throws {
        let file = try BatchFile()
        #expect(try file.verify { $0.memoryBudget = 512 << 10 }?.isProven == true)
        var options = try file.golden.options()
        options.memoryBudget = 512 << 10
        #expect(try Replay(options).run().wasSpilled)
    }

    /// Both forms of a batch say the same, and prove the same.
    @Test func batchesInProtobufAreProvenToo() throws {
        let folder = try TemporaryFolder()
        var options = try GoldenCase.all[0].options(folder)
        options.groups.minUsable = 2
        options.output = folder.file("batches.pb")
        options.batches.format = .protobuf
        _ = try Replay(options).run()
        let settings = Settings()
        var read: [JSONValue] = []
        let source = BatchSource.file(folder.file("batches.pb"))
        let cut = try source.forEach(settings) { read.append(try JSONValue(trainingBatch: $1)) }
        #expect(cut == nil)
        let file = try BatchFile()
        #expect(read == file.batches)
        let report = try #require(try Verification(options, batches: source, settings: settings).run())
        #expect(report.isProven && report.groups == 63, "\(report.text(limit: 5))")
        let bytes = try folder.bytes("batches.pb")
        try Data(bytes.dropLast(7)).write(to: URL(filePath: folder.file("batches.pb")))
        let short = try #require(try Verification(options, batches: source, settings: settings).run())
        #expect(short.differences.contains { $0.kind == .cut })
        #expect(short.differences.contains { $0.kind == .missingGroup })
    }

    /// What is no `TrainingBatch` is refused with its place, wherever a byte is wrong, and nothing worse happens.
    @Test func aDamagedBatchIsAnError() throws {
        let folder = try TemporaryFolder()
        var options = try GoldenCase.all[0].options(folder)
        options.output = folder.file("batches.pb")
        options.batches.format = .protobuf
        _ = try Replay(options).run()
        var first: [UInt8] = []
        _ = try BatchSource.file(folder.file("batches.pb")).forEach(Settings()) { if first.isEmpty { first = $1 } }
        var refused = 0
        for index in stride(from: 0, to: first.count, by: 37) {
            var damaged = first
            damaged[index] ^= 0x81
            do { _ = try JSONValue(trainingBatch: damaged) } catch { refused += 1 }
            #expect(throws: ScoredProblem.self) { try JSONValue(trainingBatch: Array(first[..<index]) + [0x8F]) }
        }
        #expect(refused > 10)
    }

    /// Batches of a recording are proven by the topic it was made of, thread and group are found there too.
    @Test func aTopicProvesWhatARecordingGave() throws {
        let file = try BatchFile()
        let run = try StreamRun(file.golden)
        try run.produce(try Recording(file.golden.recording).records)
        let range = TopicRange(run.settings.clientConfiguration(), topics: ["dashstream-events"])
        let found = try file.verify { $0.topics = range }
        let report = try #require(found)
        #expect(report.isProven, "\(report.text(limit: 5))")
        #expect(report.moved == 0)
        let options = try file.golden.options()
        let thread = try #require(try ThreadInspection(.topics(range), options).run("grpo-g001-r0").first)
        // a copy, so that no index is left beside the golden recording
        let copy = file.folder.file("copy.dsrun")
        try Data(contentsOf: URL(filePath: file.golden.recording)).write(to: URL(filePath: copy))
        let same = try #require(try ThreadInspection(.recording(copy), options).run("grpo-g001-r0").first)
        #expect(thread.json == same.json)
    }

    @Test func theProgramSaysSoAndEndsWith1() throws {
        var file = try BatchFile()
        let arguments = [
            "verify", "--input", file.golden.recording, "--examples", Fixture.path("golden/run/examples.jsonl"),
            "--batches", file.path, "--set", "groups.settle=1h",
            "--set", "pairing.manifest_pointer=/metadata/custom",
        ]
        let good = try Tool(arguments: arguments)
        #expect(good.code == 0)
        #expect(good.out == "verified 63 of 63 groups in 17 batches\n")
        file.change(0, 0, 0) { $0["reward"] = .double(9) }
        try file.write()
        let bad = try Tool(arguments: arguments + ["--json"])
        #expect(bad.code == 1)
        let report = try JSONValue(parsing: Array(bad.out.utf8))
        #expect(report["verified"]?.int == 62)
        #expect(report["differences"]?.list.contains { $0["kind"]?.text == "reward" } == true)
        #expect(try Tool("verify", "--input", file.golden.recording).code == 64)
    }
}
