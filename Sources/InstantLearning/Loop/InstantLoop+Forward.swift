extension InstantLoop {
    /// Adds what the adapter makes of an input: out += (Σ_r (x·down_r)·up_r)/√rank.
    ///
    /// - Parameters:
    ///   - input: x; as many numbers as the dimension.
    ///   - output: what it is added to; as many numbers.
    /// - Throws: ``InstantLoopError`` where a length does not fit.
    public func forward(_ input: [Float], adding output: inout [Float]) throws(InstantLoopError) {
        let dimension = configuration.dimension
        guard input.count == dimension, output.count == dimension else {
            throw InstantLoopError(
                "the input has \(input.count) numbers and the output \(output.count): both must have the loop's "
                    + "dimension, \(dimension)"
            )
        }
        unsafe output.withUnsafeMutableBufferPointer { output in
            unsafe input.withUnsafeBufferPointer { input in
                guard let input = input.baseAddress, let output = output.baseAddress else { return }
                unsafe published.read { weights, _ in unsafe forward(input, output, weights) }
            }
        }
    }

    /// What the adapter makes of an input: to be added to the model's own output.
    ///
    /// - Throws: ``InstantLoopError`` where the length does not fit.
    public func forward(_ input: [Float]) throws(InstantLoopError) -> [Float] {
        var output = [Float](repeating: 0, count: configuration.dimension)
        try forward(input, adding: &output)
        return output
    }

    private func forward(
        _ input: UnsafePointer<Float>,
        _ output: UnsafeMutablePointer<Float>,
        _ weights: UnsafePointer<Float>
    ) {
        let (dimension, rank) = (configuration.dimension, configuration.rank)
        let down = unsafe weights
        let up = unsafe weights + rank * dimension
        guard configuration.mode == .corrected else {
            return unsafe Kernel.referenceForward(output, input, down, up, rank: rank, scale: scale, dimension)
        }
        for r in 0..<rank {
            let product = unsafe Kernel.dot(input, down + r * dimension, dimension)
            unsafe Kernel.combine(output, up + r * dimension, product * scale, dimension, adds: true)
        }
    }

    /// The weights as they stand now; all of one update.
    public var adapter: Adapter {
        let size = configuration.rank * configuration.dimension
        return unsafe published.read { weights, stamp in
            unsafe Adapter(
                dimension: configuration.dimension,
                rank: configuration.rank,
                down: [Float](UnsafeBufferPointer(start: weights, count: size)),
                up: [Float](UnsafeBufferPointer(start: weights + size, count: size)),
                updates: stamp.updates,
                signals: stamp.signals,
                baseline: stamp.baseline
            )
        }
    }
}
