import CInstantBaseline
import InstantLearning

extension InstantLoopBenchmarks {
    /// The default mode's work without locks, checks or a buffer: one number after the other, or in C.
    final class Plain {
        private let shape: Shape
        private var down: [Float]
        private var up: [Float]
        private var gradDown: [Float]
        private var gradUp: [Float]
        private var gradient: [Float]
        private var advantages: [Float]
        private var baseline: Float = 0
        private var pending = 0

        init(_ shape: Shape) {
            self.shape = shape
            let size = shape.dimension * shape.rank
            down = (0..<size).map { (Float($0) * 0.618034).truncatingRemainder(dividingBy: 1) * 0.02 - 0.01 }
            up = [Float](repeating: 0, count: size)
            gradDown = up
            gradUp = up
            gradient = [Float](repeating: 0, count: shape.dimension)
            advantages = [Float](repeating: 0, count: shape.steps)
        }

        private func compare(_ trajectory: QueryTrajectory) {
            let mean = trajectory.averageReward
            for index in trajectory.steps.indices { advantages[index] = trajectory.steps[index].reward - baseline }
            baseline += 0.05 * (mean - baseline)
        }

        func recordScalar(_ index: Int, _ given: Given) {
            let trajectory = given.trajectories[index % given.trajectories.count]
            let n = shape.dimension
            compare(trajectory)
            for i in 0..<n { gradient[i] = 0 }
            for (s, step) in trajectory.steps.enumerated() {
                for i in 0..<n { gradient[i] += advantages[s] * step.activations[i] }
            }
            var squares: Float = 0
            for i in 0..<n { squares += gradient[i] * gradient[i] }
            let norm = squares.squareRoot()
            if norm > 1e-8 { for i in 0..<n { gradient[i] /= norm } }
            for r in 0..<shape.rank {
                var t: Float = 0
                var v: Float = 0
                for i in 0..<n {
                    t += trajectory.queryEmbedding[i] * down[r * n + i]
                    v += gradient[i] * up[r * n + i]
                }
                for i in 0..<n {
                    gradUp[r * n + i] += trajectory.finalQuality * t * gradient[i]
                    gradDown[r * n + i] += trajectory.finalQuality * v * trajectory.queryEmbedding[i]
                }
            }
            pending += 1
            guard pending == 100 else { return }
            pending = 0
            for i in up.indices {
                up[i] += 1e-5 * gradUp[i]
                down[i] += 1e-5 * gradDown[i]
                gradUp[i] = 0
                gradDown[i] = 0
            }
        }

        func recordC(_ index: Int, _ given: Given) {
            let trajectory = given.trajectories[index % given.trajectories.count]
            compare(trajectory)
            unsafe withFour(trajectory) { steps, query in
                _ = unsafe cinstant_record(
                    steps,
                    advantages,
                    Int32(shape.steps),
                    query,
                    trajectory.finalQuality,
                    down,
                    up,
                    &gradDown,
                    &gradUp,
                    &gradient,
                    Int32(shape.rank),
                    Int32(shape.dimension)
                )
            }
            pending += 1
            guard pending == 100 else { return }
            pending = 0
            unsafe cinstant_apply(&up, &gradUp, 1e-5, Int32(up.count))
            unsafe cinstant_apply(&down, &gradDown, 1e-5, Int32(down.count))
        }

        private func withFour(
            _ trajectory: QueryTrajectory,
            _ body: (UnsafePointer<UnsafePointer<Float>?>, UnsafePointer<Float>) -> Void
        ) {
            unsafe trajectory.steps[0].activations.withUnsafeBufferPointer { a in
                unsafe trajectory.steps[1].activations.withUnsafeBufferPointer { b in
                    unsafe trajectory.steps[2].activations.withUnsafeBufferPointer { c in
                        unsafe trajectory.steps[3].activations.withUnsafeBufferPointer { d in
                            unsafe trajectory.queryEmbedding.withUnsafeBufferPointer { query in
                                unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: 4) {
                                    unsafe $0[0] = a.baseAddress
                                    unsafe $0[1] = b.baseAddress
                                    unsafe $0[2] = c.baseAddress
                                    unsafe $0[3] = d.baseAddress
                                    guard let steps = $0.baseAddress, let query = query.baseAddress else { return }
                                    unsafe body(steps, query)
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
