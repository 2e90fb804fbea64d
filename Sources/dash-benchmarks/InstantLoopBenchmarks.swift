import Foundation
import InstantLearning
import Synchronization

/// `instant-loop/…`: nanoseconds for one trajectory, with the tail over single trajectories; beside it the same work as a
/// plain scalar loop and in C.
enum InstantLoopBenchmarks {
    private static let shapes = [256, 1024, 4096].flatMap { dimension in
        [1, 2, 8].map { Shape(dimension: dimension, rank: $0, steps: 4) }
    }

    static func all() throws -> [Benchmark] {
        try shapes.flatMap { shape in
            let given = Given(shape)
            return [
                try record("instant-loop/record/\(shape)", given),
                try record("instant-loop/record/\(shape)/full", given, isFull: true),
                try record("instant-loop/record/\(shape)/readers", given, hasReader: true),
                try record("instant-loop/record/\(shape)/reference", given, mode: .reference),
                plain("instant-loop/c/\(shape)", given, isScalar: false),
                plain("instant-loop/scalar/\(shape)", given, isScalar: true),
            ]
        }
    }

    private static func record(
        _ name: String,
        _ given: Given,
        mode: InstantLoop.Mode = .corrected,
        isFull: Bool = false,
        hasReader: Bool = false
    ) throws -> Benchmark {
        let items = given.items
        var configuration = InstantLoop.Configuration()
        configuration.dimension = given.shape.dimension
        configuration.rank = given.shape.rank
        configuration.mode = mode
        configuration.bufferCapacity = isFull ? 1 : items
        let loop = try InstantLoop(configuration)
        let reader = Reader(loop, given.trajectories[0].queryEmbedding)
        var benchmark = Benchmark(name: name, unit: "ns", items: items) {
            for index in 0..<items { loop.record(given.trajectories[index % given.trajectories.count]) }
        }
        benchmark.prepare = { if !isFull { _ = loop.drain() } }
        benchmark.begin = { if hasReader { reader.start() } }
        benchmark.end = { reader.stop() }
        benchmark.item = { loop.record(given.trajectories[$0 % given.trajectories.count]) }
        return benchmark
    }

    private static func plain(_ name: String, _ given: Given, isScalar: Bool) -> Benchmark {
        let plain = Plain(given, isScalar: isScalar)
        var benchmark = Benchmark(name: name, unit: "ns", items: given.items) {
            for index in 0..<given.items { plain.record(index) }
        }
        benchmark.item = { plain.record($0) }
        return benchmark
    }

    struct Shape: CustomStringConvertible {
        let dimension: Int
        let rank: Int
        let steps: Int
        var description: String { "\(dimension)/\(rank)/\(steps)" }
    }

    /// What is recorded: a few trajectories, again and again; in the caches, as those of a server's own requests are.
    final class Given {
        let shape: Shape
        let trajectories: [QueryTrajectory]
        /// Of one run.
        let items: Int

        init(_ shape: Shape) {
            self.shape = shape
            items = max(250, 4000 * 256 / shape.dimension / shape.rank)
            var state: UInt64 = 1
            func next() -> Float {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Float(state >> 40) / Float(1 << 24) - 0.5
            }
            func vector() -> [Float] { (0..<shape.dimension).map { _ in next() } }
            trajectories = (0..<4).map { id in
                QueryTrajectory(
                    id: UInt64(id),
                    queryEmbedding: vector(),
                    steps: (0..<shape.steps).map { .init(activations: vector(), reward: next(), index: $0) },
                    finalQuality: 0.9
                )
            }
        }
    }

    /// A thread that calls `forward` without a pause.
    private final class Reader {
        private final class Flag: Sendable {
            let isStopping = Atomic(false)
            let isDone = Atomic(false)
        }

        private let loop: InstantLoop
        private let input: [Float]
        private var flag: Flag?

        init(_ loop: InstantLoop, _ input: [Float]) {
            self.loop = loop
            self.input = input
        }

        func start() {
            let flag = Flag()
            self.flag = flag
            Thread.detachNewThread { [loop, input] in
                var output = [Float](repeating: 0, count: input.count)
                while !flag.isStopping.load(ordering: .relaxed) { try? loop.forward(input, adding: &output) }
                flag.isDone.store(true, ordering: .releasing)
            }
        }

        func stop() {
            guard let flag else { return }
            flag.isStopping.store(true, ordering: .relaxed)
            while !flag.isDone.load(ordering: .acquiring) { Thread.sleep(forTimeInterval: 0.001) }
            self.flag = nil
        }
    }
}
