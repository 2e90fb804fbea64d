extension Learner {
    /// Applies what waits. Where readers are in every place it goes on waiting.
    mutating func flush() -> Bool {
        guard metrics.pending > 0 else { return false }
        metrics.flushes += 1
        let stamp = Stamp(updates: updates + 1, signals: signals + metrics.pending, baseline: baseline)
        let publication = unsafe published.publish(stamp) { weights in
            unsafe configuration.mode == .corrected ? step(weights) : stepAsReference(weights)
        }
        switch publication {
        case .deferred:
            metrics.deferred += 1
            return false
        case .declined:
            metrics.discarded += 1
            metrics.pending = 0
            return false
        case .published:
            unsafe weights = published.weights
            metrics.updates += 1
            updates = stamp.updates
            signals = stamp.signals
            metrics.pending = 0
            return true
        }
    }

    /// New weights from the current ones; false where they are not finite. The gradients are zero afterwards.
    private func step(_ new: UnsafeMutablePointer<Float>) -> Bool {
        let rate = configuration.learningRate * scale / Float(metrics.pending)
        var down = unsafe Kernel.step(new, weights, rate, gradDown.base, size)
        var up = unsafe Kernel.step(new + size, weights + size, rate, gradUp.base, size)
        guard down.isFinite, up.isFinite else { return false }
        if configuration.decay > 0 {
            let keep = 1 - configuration.decay
            for index in 0..<size {
                let start = unsafe initial.base[index]
                unsafe new[index] = start + (new[index] - start) * keep
                unsafe new[size + index] *= keep
            }
            down = unsafe Kernel.dot(new, new, size)
            up = unsafe Kernel.dot(new + size, new + size, size)
        }
        if configuration.maxNorm > 0 {
            unsafe limit(new, down.squareRoot())
            unsafe limit(new + size, up.squareRoot())
        }
        return true
    }

    private func limit(_ matrix: UnsafeMutablePointer<Float>, _ norm: Float) {
        guard norm > configuration.maxNorm else { return }
        unsafe Kernel.scale(matrix, configuration.maxNorm / norm, size)
    }

    private func stepAsReference(_ new: UnsafeMutablePointer<Float>) -> Bool {
        let rate = configuration.learningRate / Float(metrics.pending)
        for index in 0..<size {
            unsafe new[index] = weights[index]
            unsafe new[size + index] = weights[size + index] + gradUp.base[index] * rate
        }
        gradUp.clear()
        return true
    }
}
