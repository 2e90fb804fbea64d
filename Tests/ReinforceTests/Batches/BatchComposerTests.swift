import JSON
import Testing

@testable import Reinforce

/// No batch is larger than a record may be, whatever else is asked of it.
@Suite struct BatchComposerTests {
    private static func group(_ name: String, bytes: Int) throws -> RenderedGroup {
        let text = Array(#"k"\#(String(repeating: "x", count: bytes))""#.utf8)
        var trajectory = Trajectory(
            key: ThreadKey(tenant: "t", thread: Text(name)),
            outcome: .completed,
            source: SourceRange(partition: 0, firstOffset: 0, lastOffset: 1),
            entry: OpenEntry(first: RestorePlan.First(offset: 0, index: 0))
        )
        trajectory.arena = text
        trajectory.fields = [SampleField(name: ByteRange(0, 1), value: ByteRange(1, text.count))]
        trajectory.nodes = [
            NodeExecution(
                node: ByteRange(0, 1),
                startSequence: 1,
                endSequence: 2,
                duration: 0,
                startedAt: 0,
                endedAt: 0,
                visit: 0,
                isSample: true,
                inputs: ByteRange(0, 1),
                outputs: .empty,
                removed: .empty
            )
        ]
        let pairing = Pairing(
            exampleID: "e",
            groupID: Text(name),
            rolloutIndex: 0,
            groupSize: 1,
            policyVersion: "1",
            attempt: 0,
            runID: nil,
            trainable: true
        )
        var examples = ExampleTable()
        examples.insert(try StageLog.example("e"))
        var rules = GroupConfiguration()
        rules.minUsable = 1
        let decider = GroupDecider(rules, estimator: .dashflow, rewards: RewardConfiguration(), examples: examples)
        let rollout = Rollout(trajectory, pairing, (.success(1), []))
        let group = try #require(decider.decide(GroupKey(tenant: "t", group: Text(name)), [rollout]))
        let rendered = GroupRenderer(.dashflow, BatchConfiguration(), topics: ["t"]).render(group)
        // it is known before it is written that it comes to at least so much
        let least = group.leastBytes(BatchConfiguration())
        #expect(least <= rendered.body.count)
        #expect(least > 2 * bytes)
        // samples that are not written make no group too large
        var bare = BatchConfiguration()
        bare.samples = .none
        #expect(group.leastBytes(bare) == 0)
        #expect(group.sampleBytes >= least)
        return rendered
    }

    @Test func groupsThatFitNoBatchTogetherAndAreTooFewAloneAreWithheld() throws {
        var configuration = BatchConfiguration()
        configuration.minGroups = 2
        configuration.groupsPerBatch = 2
        configuration.maxBytes = 100_000
        var composer = BatchComposer(configuration)
        // either half of a sample holds the text: two of these are more than a record may be
        let large = try (0..<3).map { try Self.group("large \($0)", bytes: 30_000) }
        let small = try Self.group("small", bytes: 100)
        var result = composer.add(large[0])
        #expect(result.ready.isEmpty && result.withheld.isEmpty)
        result = composer.add(large[1])
        #expect(result.ready.isEmpty)
        #expect(result.withheld.map(\.group.key.group) == ["large 0"])
        result = composer.add(small)
        #expect(result.withheld.isEmpty)
        #expect(result.ready.map { $0.groups.map(\.group.key.group) } == [["large 1", "small"]])
        for batch in result.ready {
            #expect(batch.encoded(sequence: 0, estimator: .dashflow, configuration).count <= configuration.maxBytes)
        }
        #expect(composer.tenants.isEmpty)
    }

    @Test func aGroupIsFoundToBeTooLargeBeforeItIsWritten() throws {
        var configuration = BatchConfiguration()
        configuration.maxBytes = 50_000
        let composer = BatchComposer(configuration)
        let large = try Self.group("large", bytes: 30_000)
        #expect(composer.isTooLarge(large.group))
        #expect(composer.isTooLarge(large))
        let small = try Self.group("small", bytes: 100)
        #expect(!composer.isTooLarge(small.group))
    }
}
