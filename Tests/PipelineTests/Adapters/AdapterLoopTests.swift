import DashStream
import InstantLearning
import JSON
import Reinforce
import Settings
import Testing

@testable import Pipeline

/// The instant-learning loop beside the stream, from frames to published adapters.
@Suite struct AdapterLoopTests {
    private typealias Thread = VectorTrace.Thread

    private func loop(_ change: (inout AdapterLoop.Configuration) -> Void = { _ in }) throws -> AdapterLoop {
        var configuration = AdapterLoop.Configuration()
        configuration.loop.dimension = 4
        configuration.loop.learningRate = 1
        configuration.loop.flushThreshold = 100
        configuration.interval = 1000
        change(&configuration)
        return try AdapterLoop(configuration)
    }

    private func adapter(_ record: AdapterRecord?) throws -> Adapter {
        try Adapter(safetensors: Safetensors(bytes: try #require(record).value))
    }

    private func group(_ trace: inout VectorTrace, _ id: String, _ threads: [VectorTrace.Thread]) throws -> DecidedGroup
    {
        let decided = trace.group(id, threads)
        return try #require(decided)
    }

    @Test func vectorsAreCapturedAsBytesOrNumbers() throws {
        var trace = VectorTrace()
        let numbers = Thread(
            route: "r",
            embedding: .array([.integer(1), .float(2), .float(3), .float(4)]),
            reward: .integer(2),
            quality: .float(0.5)
        )
        let decided = try group(&trace, "g", [Thread(), numbers])
        let vectors = decided.members.compactMap(\.rollout.learning)
        #expect(vectors.map(\.queryEmbedding) == [[1, 2, 3, 4], [1, 2, 3, 4]])
        #expect(vectors.map { $0.nodes.map(\.activations) } == [[[0, 1, 0, -1]], [[0, 1, 0, -1]]])
        #expect(vectors.map { $0.nodes.map(\.reward) } == [[nil], [2]])
        #expect(vectors.map(\.quality) == [nil, 0.5])
        #expect(vectors.map(\.route) == ["", "r"])
    }

    @Test func withoutTheSwitchNothingIsCaptured() throws {
        var trace = VectorTrace(captures: false)
        let decided = try group(&trace, "g", [Thread(), Thread()])
        #expect(decided.members.allSatisfy { $0.rollout.learning == nil })
        let loop = try loop()
        loop.learn(from: decided)
        #expect(loop.counts == AdapterCounts())
    }

    @Test func rewardsAreComparedWithinTheGroup() throws {
        var trace = VectorTrace()
        // 1 and −1 without rewards of their own: the answer that is right moves the output along its activations
        let loop = try loop { $0.loop.qualityThreshold = 0.5 }
        loop.learn(from: try group(&trace, "g", [Thread(), Thread(answer: "wrong", activations: .bytes([]))]))
        #expect(loop.due(now: 0).isEmpty)
        let records = loop.due(now: 1000)
        #expect(records.map(\.name) == ["t/"])
        let output = try InstantLoop(.init(dimension: 4), from: adapter(records.first)).forward([1, 2, 3, 4])
        #expect(output[1] > 0 && output[3] < 0)
        #expect(loop.counts.accumulated == 1)
        #expect(loop.counts.isBalanced)
    }

    @Test func equalRewardsOfAGroupTeachNothing() throws {
        var trace = VectorTrace()
        let loop = try loop()
        loop.learn(from: try group(&trace, "g", [Thread(), Thread(), Thread()]))
        #expect(loop.due(now: 5000).isEmpty)
        #expect(loop.counts.rejected == ["no_signal": 3])
        #expect(loop.unpublished.isEmpty)
    }

    @Test func vectorsThatCannotBeReadAreRejectedAndCounted() throws {
        var trace = VectorTrace()
        let loop = try loop()
        let bad: [VectorTrace.Thread] = [
            Thread(embedding: .bytes([1, 2, 3])), Thread(embedding: .string("no")), Thread(embedding: nil),
            Thread(embedding: .array([.string("x")])), Thread(activations: nil),
            Thread(activations: .bytes(VectorTrace.littleEndian([.nan, 0, 0, 0]))), Thread(quality: .float(.infinity)),
            Thread(answer: "wrong"),
        ]
        loop.learn(from: try group(&trace, "g", bad))
        _ = loop.due(now: 0)
        #expect(loop.counts.taken == 8)
        #expect(loop.counts.rejected == ["dimension": 4, "no_steps": 1, "not_finite": 2])
        #expect(loop.counts.isBalanced)
    }

    private static let pair = [VectorTrace.Thread(), VectorTrace.Thread(answer: "wrong", quality: .integer(1))]

    @Test func theFlushThresholdPublishesAtOnceAndTheIntervalOtherwise() throws {
        var trace = VectorTrace()
        let loop = try loop { $0.loop.flushThreshold = 4 }
        loop.learn(from: try group(&trace, "a", Self.pair))
        #expect(loop.due(now: 10).isEmpty)
        #expect(loop.due(now: 1009).isEmpty)
        #expect(loop.due(now: 1010).count == 1)
        #expect(loop.due(now: 9999).isEmpty)
        loop.learn(from: try group(&trace, "b", Self.pair))
        loop.learn(from: try group(&trace, "c", Self.pair))
        let records = loop.due(now: 10_000)
        #expect(try adapter(records.first).updates == 2)
        #expect(try adapter(records.first).signals == 6)
        #expect(loop.counts.published == 2)
    }

    @Test func everyTenantAndRouteHasItsOwn() throws {
        var trace = VectorTrace()
        let loop = try loop()
        for tenant in ["b", "a/x", "a"] {
            for route in ["x", nil] as [String?] {
                let threads = Self.pair.map { thread in
                    var thread = thread
                    (thread.tenant, thread.route) = (tenant, route)
                    return thread
                }
                loop.learn(from: try group(&trace, "g-\(tenant)-\(route ?? "")", threads))
            }
        }
        let records = loop.publishAll(now: 0)
        #expect(records.map(\.name) == ["a/", "a/x", "a%2Fx/", "a%2Fx/x", "b/", "b/x"])
        #expect(Set(records.map(\.key)).count == 6)
        #expect(records.allSatisfy { $0.metadata["tenant"] == $0.adapter.tenant.string })
    }

    @Test func thereAreNoMoreAdaptersThanAllowed() throws {
        var trace = VectorTrace()
        let loop = try loop { $0.maxAdapters = 2 }
        for index in 0..<4 {
            let threads = Self.pair.map { thread in
                var thread = thread
                thread.route = "r\(index)"
                return thread
            }
            loop.learn(from: try group(&trace, "g\(index)", threads))
        }
        #expect(loop.publishAll(now: 0).count == 2)
        #expect(loop.counts.rejected[AdapterCounts.tooManyAdapters] == 4)
        #expect(loop.counts.isBalanced)
    }

    @Test(arguments: [Overflow.dropNewest, .dropOldest]) func whatWaitsHasABound(_ overflow: Overflow) throws {
        var trace = VectorTrace()
        let loop = try loop {
            $0.loop.bufferCapacity = 3
            $0.loop.overflow = overflow
        }
        for id in ["a", "b", "c"] { loop.learn(from: try group(&trace, id, Self.pair)) }
        #expect(loop.counts.waiting == 3)
        #expect(loop.counts.dropped == 3)
        #expect(loop.counts.isBalanced)
        _ = loop.due(now: 0)
        #expect(loop.counts.waiting == 0)
        #expect(loop.counts.accumulated == 3)
        #expect(loop.counts.isBalanced)
    }

    @Test func aRestartGoesOnWhereThePublishedAdapterStands() throws {
        var trace = VectorTrace()
        let groups = try (0..<6).map { index in
            try group(
                &trace,
                "g\(index)",
                [Thread(partition: 0), Thread(answer: "wrong", quality: .integer(1), partition: 1)]
            )
        }
        let whole = try loop()
        for decided in groups[..<3] { whole.learn(from: decided) }
        let published = whole.publishAll(now: 0)
        for decided in groups[3...] { whole.learn(from: decided) }
        let expected = try adapter(whole.publishAll(now: 1).first)

        // the other process dies, and its successor is given some groups a second time
        let second = try loop()
        try second.restore(try #require(published.first).value)
        for decided in groups { second.learn(from: decided) }
        #expect(second.counts.repeated == 6)
        #expect(try adapter(second.publishAll(now: 1).first) == expected)
        #expect(expected.updates == 2)
        #expect(expected.signals == 12)
    }

    @Test func whatIsNotPublishedIsKnownByItsFirstOffsets() throws {
        var trace = VectorTrace()
        let loop = try loop()
        loop.learn(from: try group(&trace, "a", [Thread(partition: 0), Thread(answer: "wrong", partition: 1)]))
        #expect(loop.unpublished == [0: 100, 1: 105])
        loop.learn(from: try group(&trace, "b", [Thread(partition: 0), Thread(answer: "wrong", partition: 1)]))
        #expect(loop.unpublished == [0: 100, 1: 105])
        _ = loop.publishAll(now: 0)
        #expect(loop.unpublished.isEmpty)
    }

    @Test func groupsThatCannotComeAgainAreForgotten() throws {
        var trace = VectorTrace()
        let loop = try loop()
        let groups = try ["a", "b"].map { id in try group(&trace, id, Self.pair) }
        for decided in groups { loop.learn(from: decided) }
        // a's records are 100 to 109, b's 110 to 119
        loop.forget(below: [0: 110])
        let learnt = LearntGroups(text: loop.publishAll(now: 0).first?.metadata["groups"] ?? "", limit: 10)
        #expect(learnt?.count == 1)
        #expect(learnt?.contains(LearntGroups.hash("b")) == true)
        loop.forget(below: [1: 1000])
        for decided in groups { loop.learn(from: decided) }
        #expect(loop.counts.repeated == 2)
    }

    @Test func anAdapterThatDoesNotFitIsAProblemAndStartsAnew() throws {
        var trace = VectorTrace()
        let first = try loop()
        first.learn(from: try group(&trace, "a", Self.pair))
        let value = try #require(first.publishAll(now: 0).first).value
        let other = try loop { $0.loop.rank = 2 }
        #expect(throws: AdapterProblem.self) { try other.restore(value) }
        #expect(throws: AdapterProblem.self) { try other.restore(Array(value.dropLast())) }
        #expect(throws: AdapterProblem.self) { try other.restore(try self.adapter(of: value).safetensors().bytes) }
        #expect(other.adapterCount == 0)
    }

    private func adapter(of value: [UInt8]) throws -> Adapter { try Adapter(safetensors: Safetensors(bytes: value)) }

    @Test func theSettingsAreTheConfiguration() throws {
        var settings = Settings().instantLoop
        settings.overflow = "drop_oldest"
        settings.mode = "reference"
        settings.maxNorm = 2
        let configuration = AdapterLoop.Configuration(settings)
        #expect(configuration.loop.overflow == .dropOldest)
        #expect(configuration.loop.mode == .reference)
        #expect(configuration.loop.maxNorm == 2)
        #expect(configuration.loop.rank == 2)
        #expect(configuration.interval == 10_000)
        _ = try AdapterLoop(AdapterLoop.Configuration(Settings().instantLoop))
        #expect(throws: InstantLoopError.self) { try self.loop { $0.loop.rank = 17 } }
    }
}

extension InstantLoop.Configuration {
    fileprivate init(dimension: Int) {
        self.init()
        self.dimension = dimension
    }
}
