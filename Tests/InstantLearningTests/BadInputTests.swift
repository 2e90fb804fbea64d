import Testing

@testable import InstantLearning

/// Whatever comes, it is an error that says what is wrong or a counted rejection, and the adapter stays finite.
@Suite struct BadInputTests {
    typealias Change = @Sendable (inout InstantLoop.Configuration) -> Void

    static let badSettings: [(name: String, change: Change)] = [
        ("dimension", { $0.dimension = 0 }), ("dimension", { $0.dimension = -1 }), ("rank", { $0.rank = 0 }),
        ("rank", { $0.rank = 17 }), ("bufferCapacity", { $0.bufferCapacity = 0 }),
        ("flushThreshold", { $0.flushThreshold = 0 }), ("learningRate", { $0.learningRate = -1 }),
        ("learningRate", { $0.learningRate = .nan }), ("learningRate", { $0.learningRate = .infinity }),
        ("qualityThreshold", { $0.qualityThreshold = .nan }), ("maxNorm", { $0.maxNorm = -1 }),
        ("decay", { $0.decay = 1.5 }), ("baselineDecay", { $0.baselineDecay = .nan }), ("readers", { $0.readers = -1 }),
    ]

    @Test(arguments: 0..<14) func aSettingOutOfRangeIsNamed(_ index: Int) throws {
        let (name, change) = Self.badSettings[index]
        let error = #expect(throws: InstantLoopError.self) { try InstantLoop(change) }
        #expect(error?.description.hasPrefix("\(name) is ") == true)
    }

    @Test func everyBadSettingIsNamedAtOnce() {
        let error = #expect(throws: InstantLoopError.self) {
            try InstantLoop {
                $0.rank = 17
                $0.bufferCapacity = 0
            }
        }
        #expect(error?.description == "rank is 17: it must be from 1 to 16; bufferCapacity is 0: it must be at least 1")
    }

    @Test func aBufferWithoutRoomIsAnError() {
        #expect(throws: InstantLoopError.self) { try TrajectoryBuffer(capacity: 0) }
    }

    @Test func vectorsOfAnotherLengthAreErrorsOfForward() throws {
        let loop = try InstantLoop { $0.dimension = 8 }
        #expect(throws: InstantLoopError.self) { try loop.forward([1, 2]) }
        var short: [Float] = [0]
        #expect(throws: InstantLoopError.self) { try loop.forward([1, 2, 3, 4, 5, 6, 7, 8], adding: &short) }
    }

    @Test func anAdapterOfAnotherShapeIsAnError() throws {
        let adapter = try InstantLoop { $0.dimension = 8 }.adapter
        #expect(throws: InstantLoopError.self) { try InstantLoop(.init(), from: adapter) }
    }

    /// Every way a trajectory can be bad, and what it is rejected for.
    static let badTrajectories: [(Rejection, @Sendable (inout QueryTrajectory) -> Void)] = [
        (.dimension, { $0.queryEmbedding = [] }), (.dimension, { $0.queryEmbedding.removeLast() }),
        (.dimension, { $0.steps[3].activations.append(0) }), (.dimension, { $0.steps[0].activations = [] }),
        (.noSteps, { $0.steps = [] }), (.notFinite, { $0.queryEmbedding[5] = .nan }),
        (.notFinite, { $0.queryEmbedding[0] = -.infinity }), (.notFinite, { $0.steps[2].activations[7] = .infinity }),
        (.notFinite, { $0.steps[1].reward = .nan }), (.notFinite, { $0.steps[1].reward = .infinity }),
        (.notFinite, { $0.finalQuality = .nan }), (.notFinite, { $0.finalQuality = .infinity }),
        (.notFinite, { $0.steps[0].activations[0] = 3e38 }),
        (.notFinite, { $0.queryEmbedding = $0.queryEmbedding.map { _ in 3e38 } }),
        (.notFinite, { t in for i in t.steps.indices { t.steps[i].reward = i % 2 == 0 ? 3e38 : -3e38 } }),
        (
            .noSignal,
            { t in for i in t.steps.indices { t.steps[i].activations = t.steps[i].activations.map { _ in 0 } } }
        ),
    ]

    @Test(arguments: 0..<16) func aBadTrajectoryIsRejectedForWhatIsWrongWithIt(_ index: Int) throws {
        let (reason, spoil) = Self.badTrajectories[index]
        let loop = try InstantLoop {
            $0.dimension = 20
            $0.rank = 2
        }
        var numbers = Numbers(1)
        loop.record(numbers.trajectory(dimension: 20))
        var bad = numbers.trajectory(dimension: 20)
        spoil(&bad)
        let recorded = loop.record(bad)
        #expect(recorded.learning == .rejected(reason))
        #expect(recorded.keeping == .notOffered)
        #expect(loop.metrics.rejected[reason] == 1)
        #expect(loop.metrics.recorded == loop.metrics.accumulated + loop.metrics.rejected.total)
        loop.flush()
        #expect(loop.adapter.up.areFinite)
        #expect(loop.adapter.down.areFinite)
    }

    @Test func aMillionStepsAreNoProblem() throws {
        let loop = try InstantLoop { $0.dimension = 8 }
        var numbers = Numbers(2)
        var trajectory = numbers.trajectory(dimension: 8, steps: 1000)
        let thousand = trajectory.steps
        for _ in 1..<1000 { trajectory.steps.append(contentsOf: thousand) }
        #expect(trajectory.steps.count == 1_000_000)
        #expect(loop.record(trajectory).learning == .accumulated)
        #expect(loop.flush())
        #expect(loop.adapter.up.areFinite)
    }

    @Test func anUpdateThatIsNotFiniteIsDiscardedAndCounted() throws {
        let loop = try InstantLoop {
            $0.dimension = 8
            $0.learningRate = 3e38
        }
        var numbers = Numbers(3)
        let before = loop.adapter
        for _ in 0..<200 {
            var trajectory = numbers.trajectory(dimension: 8)
            trajectory.queryEmbedding = trajectory.queryEmbedding.map { $0 * 1e15 }
            loop.record(trajectory)
            loop.flush()
            #expect(loop.adapter.up.areFinite)
        }
        #expect(loop.metrics.discarded == 200)
        #expect(loop.adapter == before)
        #expect(loop.gradients.up.allSatisfy { $0 == 0 })
    }

    /// Values from everywhere a float can be, thousands of times over: nothing traps, everything is counted.
    @Test func whateverComesTheWeightsStayFinite() throws {
        let loop = try InstantLoop {
            $0.dimension = 12
            $0.rank = 4
            $0.learningRate = 1000
            $0.flushThreshold = 3
        }
        let strange: [Float] = [
            .nan, .infinity, -.infinity, 0, -0.0, .leastNonzeroMagnitude, 1e-38, 3.4e38, -3.4e38, 1e19, 1, -1, 0.5,
            1e-20,
        ]
        var numbers = Numbers(4)
        func pick() -> Float {
            let value = numbers.next()
            return value > 0 ? value : strange[Int(-value * 1000) % strange.count]
        }
        for _ in 0..<3000 {
            var trajectory = numbers.trajectory(dimension: 12, steps: Int((numbers.next() + 1) * 3))
            for _ in 0..<2 where numbers.next() > 0 {
                trajectory.queryEmbedding[abs(Int(numbers.next() * 11))] = pick()
                trajectory.finalQuality = pick()
                for index in trajectory.steps.indices {
                    trajectory.steps[index].activations[abs(Int(numbers.next() * 11))] = pick()
                    trajectory.steps[index].reward = pick()
                }
            }
            loop.record(trajectory)
        }
        let metrics = loop.metrics
        #expect(metrics.recorded == 3000)
        #expect(metrics.accumulated + metrics.rejected.total == 3000)
        #expect(metrics.accumulated > 100)
        #expect(metrics.rejected[.notFinite] > 100)
        #expect((loop.adapter.up + loop.adapter.down).areFinite)
    }
}
