import Testing

@testable import InstantLearning

/// The default mode's formulas against the same in double precision, one number after the other.
@Suite struct CorrectedModeTests {
    /// The formulas as they are written.
    private struct Plain {
        var down: [Double]
        var up: [Double]
        var gradDown: [Double]
        var gradUp: [Double]
        var baseline: Double?
        var count = 0.0
        let dimension: Int
        let rank: Int
        var scale: Double { 1 / Double(rank).squareRoot() }

        init(_ adapter: Adapter) {
            down = adapter.down.map(Double.init)
            up = adapter.up.map(Double.init)
            gradDown = down.map { _ in 0 }
            gradUp = gradDown
            dimension = adapter.dimension
            rank = adapter.rank
        }

        mutating func record(_ trajectory: QueryTrajectory) {
            let mean = trajectory.steps.map { Double($0.reward) }.reduce(0, +) / Double(trajectory.steps.count)
            let b = baseline ?? mean
            var g = [Double](repeating: 0, count: dimension)
            for step in trajectory.steps {
                for i in 0..<dimension { g[i] += (Double(step.reward) - b) * Double(step.activations[i]) }
            }
            let norm = g.map { $0 * $0 }.reduce(0, +).squareRoot()
            for i in 0..<dimension { g[i] /= norm }
            baseline = 0.95 * b + 0.05 * mean
            let x = trajectory.queryEmbedding.map(Double.init)
            let q = Double(trajectory.finalQuality)
            for r in 0..<rank {
                let at = r * dimension
                let t = (0..<dimension).map { x[$0] * down[at + $0] }.reduce(0, +)
                let s = (0..<dimension).map { g[$0] * up[at + $0] }.reduce(0, +)
                for i in 0..<dimension {
                    gradUp[at + i] += q * t * g[i]
                    gradDown[at + i] += q * s * x[i]
                }
            }
            count += 1
        }

        mutating func flush(_ rate: Double) {
            for i in up.indices {
                up[i] += rate * scale / count * gradUp[i]
                down[i] += rate * scale / count * gradDown[i]
                gradUp[i] = 0
                gradDown[i] = 0
            }
            count = 0
        }
    }

    // dimensions around eight lanes, ranks odd and even, steps around four
    @Test(arguments: [(1, 1, 2), (7, 2, 3), (8, 1, 4), (19, 3, 5), (64, 8, 9), (33, 16, 1)])
    func everyNumberFollowsTheFormulas(dimension: Int, rank: Int, steps: Int) throws {
        let loop = try InstantLoop {
            $0.dimension = dimension
            $0.rank = rank
            $0.learningRate = 5
            $0.flushThreshold = 4
        }
        var plain = Plain(loop.adapter)
        var numbers = Numbers(UInt64(dimension))
        var sent = 0
        while plain.count < 4 || sent < 12 {
            let trajectory = numbers.trajectory(dimension: dimension, steps: steps)
            sent += 1
            // the first of single steps has nothing to be compared with
            if steps == 1, sent == 1 {
                #expect(loop.record(trajectory).learning == .rejected(.noSignal))
                plain.baseline = Double(trajectory.steps[0].reward)
                continue
            }
            #expect(loop.record(trajectory).learning == .accumulated)
            plain.record(trajectory)
            if plain.count == 4 {
                plain.flush(5)
                if sent >= 12 { break }
            }
        }
        #expect(loop.metrics.updates >= 3)
        for (mine, other) in zip(loop.adapter.up + loop.adapter.down, plain.up + plain.down) {
            #expect(abs(Double(mine) - other) < 2e-4 * max(0.1, abs(other)))
        }
        let input = numbers.vector(dimension)
        let output = try loop.forward(input)
        for i in 0..<dimension {
            var expected = 0.0
            for r in 0..<rank {
                let t = (0..<dimension).map { Double(input[$0]) * plain.down[r * dimension + $0] }.reduce(0, +)
                expected += t * plain.up[r * dimension + i] * plain.scale
            }
            #expect(abs(Double(output[i]) - expected) < 1e-3 * max(0.1, abs(expected)))
        }
    }

    @Test func theSameTrajectoriesGiveTheSameBits() throws {
        let adapters = try (0..<2).map { _ in
            let loop = try InstantLoop {
                $0.dimension = 100
                $0.rank = 3
                $0.flushThreshold = 7
            }
            var numbers = Numbers(5)
            for _ in 0..<50 { loop.record(numbers.trajectory(dimension: 100)) }
            return loop.adapter
        }
        #expect(adapters[0] == adapters[1])
    }

    @Test func aGivenGradientIsLearntWithoutSteps() throws {
        let loop = try InstantLoop { $0.dimension = 8 }
        var numbers = Numbers(6)
        let trajectory = numbers.trajectory(dimension: 8, steps: 0)
        #expect(loop.record(trajectory).learning == .rejected(.noSteps))
        let gradient = numbers.vector(8)
        #expect(loop.record(trajectory, gradient: gradient).learning == .accumulated)
        loop.flush()
        #expect(dot(try loop.forward(trajectory.queryEmbedding), gradient) > 0)
        #expect(loop.baseline == nil)
    }

    @Test func onlyWhatCannotBeReadLeavesTheBaselineAlone() throws {
        let loop = try InstantLoop {
            $0.dimension = 8
            $0.qualityThreshold = 0.5
        }
        var numbers = Numbers(7)
        var broken = numbers.trajectory(dimension: 8)
        broken.steps[0].activations[0] = .infinity
        loop.record(broken)
        loop.record(numbers.trajectory(dimension: 9))
        #expect(loop.baseline == nil)
        let poor = numbers.trajectory(dimension: 8, quality: 0.1)
        #expect(loop.record(poor).learning == .rejected(.quality))
        #expect(abs((loop.baseline ?? 0) - poor.averageReward) < 1e-6)
    }

    @Test func aFlushOfNothingChangesNothing() throws {
        let loop = try InstantLoop()
        #expect(!loop.flush())
        #expect(loop.metrics == LoopMetrics())
    }

    @Test func idsAreFresh() throws {
        let loop = try InstantLoop()
        #expect((0..<3).map { _ in loop.nextID() } == [1, 2, 3])
    }

    @Test func presetsAreTheOriginals() {
        func row(_ c: SonaConfiguration) -> [Double] {
            [
                Double(c.dimension), Double(c.rank), Double(c.baseRank), Double(c.learningRate),
                Double(c.baseLearningRate), Double(c.ewcLambda), Double(c.clusters), Double(c.bufferCapacity),
                Double(c.interval.components.seconds), Double(c.qualityThreshold),
            ].map { Double(Float($0)) }
        }
        let table: [String: [Float]] = [
            "default": [256, 2, 8, 0.002, 1e-4, 2000, 100, 10000, 3600, 0.3],
            "maxThroughput": [256, 2, 4, 0.0005, 1e-4, 2000, 100, 5000, 7200, 0.4],
            "maxQuality": [256, 2, 16, 0.002, 0.001, 2000, 100, 20000, 1800, 0.2],
            "edgeDeployment": [256, 1, 4, 0.001, 1e-4, 1000, 50, 200, 3600, 0.5],
            "batchProcessing": [256, 2, 8, 0.001, 1e-4, 2000, 100, 10000, 3600, 0.3],
            "ephemeral": [256, 2, 4, 0.002, 1e-4, 1000, 50, 500, 60, 0.3],
            "coordinator": [256, 2, 16, 0.001, 5e-4, 2000, 200, 50000, 300, 0.4],
        ]
        #expect(SonaConfiguration.presets.count == table.count)
        for (name, preset) in SonaConfiguration.presets {
            #expect(row(preset) == table[name]?.map(Double.init))
            #expect(preset.loop.problems.isEmpty)
        }
    }
}
