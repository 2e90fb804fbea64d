import Foundation
import JSON
import TestSupport
import Testing

@testable import Files
@testable import Pipeline
@testable import Reinforce

/// Batches in protobuf against the same batches in JSON, by an independent protobuf library.
@Suite(.waits) struct BatchOracleTests {
    private static let python = ProcessInfo.processInfo.environment["DASH_ORACLE_PYTHON"]

    @Test(
        .enabled(if: python != nil, "run scripts/oracle, which installs the library"),
        arguments: [BatchConfiguration.Samples.both, .text, .fields]
    )
    func protobufSaysWhatJSONSays(_ samples: BatchConfiguration.Samples) throws {
        let folder = try TemporaryFolder()
        var files: [String] = []
        let runs = try GoldenCase.all.map { try $0.options() } + [CallGolden().options]
        for (index, golden) in runs.enumerated() {
            var options = golden
            options.batches.samples = samples
            for name in ["\(index).pb", "\(index).jsonl"] {
                options.output = folder.file(name)
                options.batches.format = options.batches.format.ofFile(name)
                _ = try Replay(options).run()
                files.append(folder.file(name))
            }
        }
        for name in ["tokens.pb", "tokens.jsonl"] {
            let file = try OutputFile(folder.file(name))
            try file.write(Self.tokens(samples, BatchConfiguration.Format.json.ofFile(name)))
            try file.finish()
            files.append(folder.file(name))
        }
        #expect(try Self.compare("reinforce.proto", files) == 0)
    }

    @Test(.enabled(if: python != nil, "run scripts/oracle, which installs the library"))
    func recordsBetweenTheStagesAreWrittenByTheirSchema() throws {
        let folder = try TemporaryFolder()
        let file = try OutputFile(folder.file("records.scored"))
        let made = Self.rollout(3, MadeCalls.every)
        let source = TimeSource(topic: "t", partition: 1)
        var records: [ScoredRecord] = [
            .scored(made), .claim(GroupClaim(made.key, made.pairing, time: -1)),
            .withdrawal(ClaimWithdrawal(made.key, groupID: "g")), .time(SourceTime(source, time: 0, isIdle: true)),
            .time(SourceTime(source, time: nil, isIdle: false)),
        ]
        for golden in ScoredRun.cases { records += try golden.rollouts().map { .scored($0) } }
        for record in records {
            let value = record.encoded()
            var length: [UInt8] = []
            length.appendVarint(UInt64(value.count))
            try file.write(length + value)
        }
        try file.finish()
        #expect(try Self.compare("scored.proto", [folder.file("records.scored")]) == 0)
    }

    /// What the independent program ends with.
    private static func compare(_ schema: String, _ files: [String]) throws -> Int32 {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let schema = tests.deletingLastPathComponent().appending(path: "docs/\(schema)").path
        let process = Process()
        process.executableURL = URL(filePath: python ?? "")
        process.arguments = [tests.appending(path: "Oracle/batches.py").path, schema] + files
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// A batch of what no golden run has: what engines write, numbers that are none, an attempt that took another's place.
    private static func tokens(_ samples: BatchConfiguration.Samples, _ format: BatchConfiguration.Format) throws
        -> [UInt8]
    {
        var examples = ExampleTable()
        let example = #"{"example_id":"e","data":{"q":"\u0001\"\\/\n","a":1.50},"input_keys":["q"]}"#
        examples.insert(try ExampleTable.example(Array(example.utf8)))
        var configuration = BatchConfiguration()
        configuration.samples = samples
        configuration.format = format
        configuration.groupsPerBatch = 1
        let decider = GroupDecider(
            GroupConfiguration(),
            estimator: .dashflow,
            rewards: RewardConfiguration(),
            examples: examples
        )
        let rollouts = (0..<4).map { index in
            rollout(index, index == 2 ? MadeCalls.every : [MadeCalls.stream(index)])
        }
        let group = try #require(decider.decide(GroupKey(tenant: "", group: "g"), rollouts))
        let renderer = GroupRenderer(.dashflow, configuration, topics: ["t"])
        var composer = BatchComposer(configuration)
        let ready = composer.add(renderer.render(group)).ready
        let batch = try #require(ready.first)
        return batch.framed(sequence: 3, estimator: .dashflow, configuration)
    }

    private static func rollout(_ index: Int, _ calls: [ModelCall]) -> Rollout {
        var trajectory = Trajectory(
            key: ThreadKey(tenant: "", thread: Text("r\(index)")),
            outcome: .completed,
            source: SourceRange(partition: 1, firstOffset: 0, lastOffset: 1 << 40),
            entry: OpenEntry(first: RestorePlan.First(offset: 0, index: 0))
        )
        trajectory.arena = Array(#"nodekey\n"v\u001f\\""#.utf8)
        let end = trajectory.arena.count
        trajectory.arena += MadeCalls.text
        var vectors = LearningVectors()
        vectors.queryEmbedding = [0.5, -1]
        vectors.quality = 0
        vectors.route = "r"
        vectors.nodes = [.init(activations: [1, 2], reward: nil), .init(activations: [], reward: 0.25)]
        trajectory.learning = vectors
        let field = SampleField(name: ByteRange(4, 9), value: ByteRange(9, end))
        trajectory.fields = [field]
        let node = NodeExecution(
            node: ByteRange(0, 4),
            startSequence: 1,
            endSequence: 2,
            duration: 3,
            startedAt: 4,
            endedAt: 5,
            visit: 0,
            isSample: true,
            inputs: ByteRange(0, 1),
            outputs: ByteRange(0, 1),
            removed: .empty,
            request: 0
        )
        trajectory.nodes = [node]
        trajectory.calls = calls.map { $0.moved(by: end) }
        trajectory.traceparent = index == 1 ? "00-x" : nil
        let pairing = Pairing(
            exampleID: "e",
            groupID: "g",
            rolloutIndex: index / 2,
            groupSize: 2,
            policyVersion: "7",
            attempt: index % 2,
            runID: nil,
            trainable: index != 1
        )
        let value = RewardValue(name: "x", weight: -0.5, value: index == 0 ? .infinity : -0.0, status: .ok)
        return Rollout(trajectory, pairing, (.success(Double(index)), [value]))
    }

    @Test func aFileOfProtobufHoldsTheBatchesOfTheLines() throws {
        let folder = try TemporaryFolder()
        var options = try GoldenCase.all[0].options()
        options.output = folder.file("b.jsonl")
        _ = try Replay(options).run()
        options.output = folder.file("b.pb")
        options.batches.format = .protobuf
        _ = try Replay(options).run()
        let bytes = try folder.bytes("b.pb")
        let file = unsafe bytes.span.bytes
        var found: [String] = []
        var at = 0
        while at < file.byteCount {
            var length = StoredReader(file, at: at)
            guard let value = length.varint() else { break }
            let count = Int(value)
            var batch = ProtobufReader(file.extracting(length.offset..<length.offset + count), "TrainingBatch")
            while let tag = try batch.tag() {
                switch tag.field {
                case 2: found.append(try batch.text(tag).string)
                case 1, 3, 4, 7: _ = try batch.varint(tag)
                default: _ = try batch.bytes(tag)
                }
            }
            at = length.offset + count
        }
        let expected = try folder.lines("b.jsonl").compactMap { $0["batch_id"]?.text }
        #expect(expected.count > 10)
        #expect(found == expected)
    }

    @Test(
        arguments: [
            ("b.pb", .json, .protobuf), ("b.pb.zst", .json, .protobuf), ("b.jsonl", .protobuf, .json),
            ("b.json.zst", .protobuf, .json), ("-", .protobuf, .protobuf), ("b", .json, .json),
        ] as [(String, BatchConfiguration.Format, BatchConfiguration.Format)]
    )
    func theNameOfAFileTellsItsFormat(
        _ name: String,
        _ configured: BatchConfiguration.Format,
        _ expected: BatchConfiguration.Format
    ) { #expect(configured.ofFile(name) == expected) }
}
