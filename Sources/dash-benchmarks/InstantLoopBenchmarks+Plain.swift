import CInstantBaseline
import InstantLearning

extension InstantLoopBenchmarks {
    /// The default mode's work in C, without locks, checks or a buffer: with vectors, or one number after the other.
    @safe
    final class Plain {
        private let shape: Shape
        private let isScalar: Bool
        /// Per trajectory: its steps' activations, then its query.
        private let vectors: UnsafeMutablePointer<Float>
        /// down, up, their gradients, scratch, advantages.
        private let memory: UnsafeMutablePointer<Float>
        private let rewards: [[Float]]
        private var baseline: Float = 0
        private var pending = 0

        init(_ given: Given, isScalar: Bool) {
            shape = given.shape
            self.isScalar = isScalar
            let (n, size) = (shape.dimension, shape.dimension * shape.rank)
            let all = given.trajectories.flatMap { $0.steps.flatMap(\.activations) + $0.queryEmbedding }
            unsafe vectors = .allocate(capacity: all.count)
            for (index, value) in all.enumerated() { unsafe vectors[index] = value }
            unsafe memory = .allocate(capacity: 4 * size + n + shape.steps)
            unsafe memory.initialize(repeating: 0, count: 4 * size + n + shape.steps)
            for index in 0..<size {
                unsafe memory[index] = (Float(index) * 0.618034).truncatingRemainder(dividingBy: 1) * 0.02 - 0.01
            }
            rewards = given.trajectories.map { $0.steps.map(\.reward) }
        }

        deinit {
            unsafe vectors.deallocate()
            unsafe memory.deallocate()
        }

        func record(_ index: Int) {
            let (n, steps, rank) = (shape.dimension, shape.steps, shape.rank)
            let size = n * rank
            let at = index % rewards.count
            let advantages = unsafe memory + 4 * size + n
            var sum: Float = 0
            for step in 0..<steps {
                let reward = rewards[at][step]
                sum += reward
                unsafe advantages[step] = reward - baseline
            }
            baseline += 0.05 * (sum / Float(steps) - baseline)
            let record = unsafe isScalar ? cinstant_record_scalar : cinstant_record
            let activations = unsafe vectors + at * (steps + 1) * n
            _ = unsafe record(
                activations,
                advantages,
                Int32(steps),
                activations + steps * n,
                0.9,
                memory,
                memory + size,
                memory + 2 * size,
                memory + 3 * size,
                memory + 4 * size,
                Int32(rank),
                Int32(n)
            )
            pending += 1
            guard pending == 100 else { return }
            pending = 0
            let apply = unsafe isScalar ? cinstant_apply_scalar : cinstant_apply
            unsafe apply(memory, memory + 2 * size, 1e-5, Int32(2 * size))
        }
    }
}
