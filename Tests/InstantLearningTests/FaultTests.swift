import Testing

@testable import InstantLearning

/// One test for each fault of the original: what it checks holds in the default mode, and does not in the reference mode or,
/// where the fault is one of locking, in a model of the original's.
@Suite struct FaultTests {
    private func loop(_ mode: InstantLoop.Mode, _ change: (inout InstantLoop.Configuration) -> Void = { _ in }) throws
        -> InstantLoop
    {
        try InstantLoop {
            $0.mode = mode
            $0.dimension = 32
            $0.flushThreshold = .max
            change(&$0)
        }
    }

    private func step(_ activations: [Float], _ reward: Float) -> TrajectoryStep {
        TrajectoryStep(activations: activations, reward: reward)
    }

    /// Of 1,000 queries, how often the output for the query learned from moves along its gradient after its update.
    private func movesAlongGradient(_ mode: InstantLoop.Mode) throws -> Int {
        var numbers = Numbers(7)
        var count = 0
        for _ in 0..<1000 {
            let loop = try loop(mode)
            let trajectory = numbers.trajectory(dimension: 32)
            let gradient = try loop.signal(of: trajectory).gradient
            loop.record(trajectory)
            loop.flush()
            if dot(try loop.forward(trajectory.queryEmbedding), gradient) > 0 { count += 1 }
        }
        return count
    }

    @Test func theOutputMovesAlongTheLearnedGradient() throws {
        #expect(try movesAlongGradient(.corrected) == 1000)
        #expect((300..<700).contains(try movesAlongGradient(.reference)))
    }

    private func trained(_ mode: InstantLoop.Mode) throws -> Adapter {
        let loop = try loop(mode) {
            $0.rank = 2
            $0.learningRate = 10
        }
        var numbers = Numbers(8)
        for _ in 0..<20 {
            loop.record(numbers.trajectory(dimension: 32))
            loop.flush()
        }
        return loop.adapter
    }

    @Test func rowsOfHigherRanksDiffer() throws {
        let corrected = try trained(.corrected)
        #expect(corrected.up[..<32] != corrected.up[32...])
        let reference = try trained(.reference)
        #expect(reference.up[..<32] == reference.up[32...])
    }

    @Test func downIsTrainedToo() throws {
        #expect(try trained(.corrected).down != Adapter.initialDown(dimension: 32, rank: 2))
        #expect(try trained(.reference).down == Adapter.initialDown(dimension: 32, rank: 2))
    }

    /// What a first trajectory of one step counts for, and whether a second one with another reward teaches anything.
    private func diluted(_ mode: InstantLoop.Mode) throws -> (signals: Int, singleStepLearns: Bool) {
        let loop = try loop(mode)
        var numbers = Numbers(9)
        loop.record(numbers.trajectory(dimension: 32, steps: 1))
        let learnsNothing = loop.gradients.up.allSatisfy { $0 == 0 }
        let before = loop.gradients.count
        var single = numbers.trajectory(dimension: 32, steps: 1)
        single.steps[0].reward = 1
        loop.record(single)
        let learns = loop.gradients.up.contains { $0 != 0 }
        return (learnsNothing ? before : -1, learns)
    }

    @Test func aZeroAdvantageDoesNotCountAndASingleStepCanTeach() throws {
        #expect(try diluted(.corrected) == (0, true))
        #expect(try diluted(.reference) == (1, false))
    }

    @Test func theGroupsMeanIsTheBaselineWhereItIsGiven() throws {
        let corrected = try loop(.corrected)
        var trajectory = Numbers(10).first(dimension: 32, steps: 1)
        trajectory.steps[0].reward = 0.75
        #expect(corrected.record(trajectory, baseline: 0.5).learning == .accumulated)
        #expect(corrected.record(trajectory, baseline: 0.75).learning == .rejected(.noSignal))
    }

    @Test(arguments: [Float(0.9), 0.85, 0.7, 0.1]) func equalRewardsTeachNothing(_ reward: Float) throws {
        let corrected = try loop(.corrected)
        let equal = { (numbers: inout Numbers) in
            var trajectory = numbers.trajectory(dimension: 32, steps: 3)
            for index in 0..<3 { trajectory.steps[index].reward = reward }
            return trajectory
        }
        var numbers = Numbers(11)
        // not the first time, nor when the running mean has followed for long, nor from another mean on
        for _ in 0..<50 { #expect(corrected.record(equal(&numbers)).learning == .rejected(.noSignal)) }
        corrected.record(numbers.trajectory(dimension: 32))
        for _ in 0..<2000 { corrected.record(equal(&numbers)) }
        #expect(corrected.baseline == reward)
        #expect(corrected.record(equal(&numbers)).learning == .rejected(.noSignal))
    }

    @Test func equalRewardsAreAUnitVectorOfNoiseInTheReference() throws {
        var trajectory = Numbers(11).first(dimension: 32, steps: 3)
        for index in 0..<3 { trajectory.steps[index].reward = 0.9 }
        let gradient = try loop(.reference).signal(of: trajectory).gradient
        #expect(abs(dot(gradient, gradient) - 1) < 1e-5)
    }

    @Test func aReaderDoesNotMakeSignalsVanish() throws {
        let loop = try loop(.corrected) {
            $0.flushThreshold = 2
            $0.readers = 0
        }
        let original = OriginalLocking()
        var numbers = Numbers(12)
        let trajectories = (0..<10).map { _ in numbers.trajectory(dimension: 32) }
        unsafe loop.published.read { _, _ in for trajectory in trajectories { loop.record(trajectory) } }
        original.read { for _ in 0..<10 { original.record(1) } }
        #expect(loop.metrics.recorded == 10)
        #expect(loop.metrics.accumulated == 10)
        #expect(original.accumulated == 0)
        // one update had a free place, the next had none: its signals wait, and are applied when the reader is gone
        #expect(loop.metrics.updates == 1)
        #expect(loop.pendingCount == 8)
        #expect(loop.metrics.deferred > 0)
        #expect(loop.flush())
        #expect(loop.pendingCount == 0)
    }

    private func poisoned(_ mode: InstantLoop.Mode) throws -> Adapter {
        let loop = try loop(mode)
        var numbers = Numbers(13)
        var trajectory = numbers.trajectory(dimension: 32)
        trajectory.steps[1].activations[3] = .nan
        loop.record(trajectory)
        loop.record(numbers.trajectory(dimension: 32))
        loop.flush()
        return loop.adapter
    }

    @Test func notANumberDoesNotReachTheWeights() throws {
        #expect(try poisoned(.corrected).up.areFinite)
        #expect(try !poisoned(.reference).up.areFinite)
    }

    /// The length of what a trajectory of this quality adds to the gradient of up, against that of quality 1.
    private func weight(_ mode: InstantLoop.Mode, quality: Float) throws -> Double {
        let lengths = try [quality, 1].map { quality in
            let loop = try loop(mode)
            loop.record(Numbers(14).first(dimension: 32, quality: quality))
            return dot(loop.gradients.up, loop.gradients.up).squareRoot()
        }
        return lengths[0] / lengths[1]
    }

    @Test func qualityIsClamped() throws {
        #expect(try weight(.corrected, quality: 50) == 1)
        #expect(try weight(.corrected, quality: -3) == 0)
        #expect(try weight(.reference, quality: 50) > 49)
        #expect(try weight(.reference, quality: -3) > 2.9)
    }

    private func belowThreshold(_ mode: InstantLoop.Mode) throws -> LoopMetrics {
        let loop = try loop(mode) { $0.qualityThreshold = 0.5 }
        loop.record(Numbers(15).first(dimension: 32, quality: 0.49))
        return loop.metrics
    }

    @Test func theQualityThresholdApplies() throws {
        #expect(try belowThreshold(.corrected).rejected[.quality] == 1)
        #expect(try belowThreshold(.reference).accumulated == 1)
    }

    @Test func pendingCountersDoNotDriftAfterAReset() throws {
        let loop = try loop(.corrected)
        let original = OriginalLocking()
        var numbers = Numbers(16)
        for _ in 0..<5 {
            loop.record(numbers.trajectory(dimension: 32))
            original.record(1)
        }
        try loop.reset()
        original.reset()
        #expect(loop.pendingCount == 0)
        #expect(loop.metrics == LoopMetrics())
        #expect(loop.gradients.up.allSatisfy { $0 == 0 })
        #expect(loop.baseline == nil)
        #expect(original.pendingCount != original.accumulated)
    }

    private func mismatched(_ mode: InstantLoop.Mode) throws -> Recorded.Learning {
        var trajectory = Numbers(17).first(dimension: 31)
        trajectory.steps = []
        return try loop(mode).record(trajectory).learning
    }

    @Test func aDimensionThatDoesNotFitIsSaid() throws {
        #expect(try mismatched(.corrected) == .rejected(.dimension))
        #expect(try mismatched(.reference) == .accumulated)
    }

    @Test func whatIsDecodedCanLearnOn() throws {
        let first = try loop(.corrected) { $0.rank = 3 }
        var numbers = Numbers(18)
        for _ in 0..<4 { first.record(numbers.trajectory(dimension: 32)) }
        first.flush()
        let adapter = try Adapter(safetensors: Safetensors(bytes: first.adapter.safetensors().bytes))
        #expect(adapter == first.adapter)
        let second = try InstantLoop(first.configuration, from: adapter)
        let next = numbers.trajectory(dimension: 32)
        for loop in [first, second] {
            #expect(loop.record(next).learning == .accumulated)
            #expect(loop.flush())
        }
        #expect(second.adapter == first.adapter)
        #expect(second.adapter.updates == 2)
    }

    @Test func whatTheBufferDropsIsReturnedAndCounted() throws {
        var numbers = Numbers(19)
        for overflow in Overflow.allCases {
            let loop = try loop(.corrected) {
                $0.bufferCapacity = 2
                $0.overflow = overflow
            }
            let kept = (1...3).map { loop.record(numbers.trajectory($0, dimension: 32)).keeping }
            #expect(kept == [.kept, .kept, overflow == .dropNewest ? .dropped : .replaced(1)])
            #expect(loop.bufferStatistics.dropped == 1)
            #expect(loop.metrics.accumulated == 3)
            #expect(loop.drain().map(\.id) == (overflow == .dropNewest ? [1, 2] : [2, 3]))
        }
    }

    private func longestRow(_ mode: InstantLoop.Mode) throws -> Double {
        let loop = try loop(mode) {
            $0.learningRate = 100
            $0.maxNorm = 2
        }
        var numbers = Numbers(20)
        for _ in 0..<100 {
            loop.record(numbers.trajectory(dimension: 32))
            loop.flush()
        }
        return max(dot(loop.adapter.up, loop.adapter.up), dot(loop.adapter.down, loop.adapter.down)).squareRoot()
    }

    @Test func weightsHaveABound() throws {
        #expect(try longestRow(.corrected) < 2.0001)
        #expect(try longestRow(.reference) > 100)
    }

    @Test func decayDrawsUpToZeroAndDownToWhereItBegan() throws {
        let loop = try loop(.corrected) {
            $0.decay = 1
            $0.learningRate = 10
        }
        loop.record(Numbers(21).first(dimension: 32))
        #expect(loop.flush())
        #expect(loop.adapter.up.allSatisfy { $0 == 0 })
        #expect(loop.adapter.down == Adapter.initialDown(dimension: 32, rank: 1))
    }
}

extension Numbers {
    /// The first trajectory that follows from the seed.
    func first(dimension: Int, steps: Int = 4, quality: Float = 0.9) -> QueryTrajectory {
        var copy = self
        return copy.trajectory(dimension: dimension, steps: steps, quality: quality)
    }
}
