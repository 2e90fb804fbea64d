extension Rollout {
    /// Bytes of its record on the scored topic, where that was more than a record holds; else 0. Its group is too large for
    /// any batch then.
    public var oversize: Int { trajectory.oversize }

    /// The same rollout without its text, for a record that must stay small.
    ///
    /// - Parameter bytes: what its record would have had.
    public func withoutText(bytes: Int) -> Rollout {
        var small = trajectory.withoutText
        small.oversize = bytes
        guard let reward else {
            return Rollout(small, pairing, (.failure(Exclusion(exclusion ?? .tooLarge)), rewards))
        }
        return Rollout(small, pairing, (.success(reward), rewards))
    }
}

extension Rollout {
    /// Bytes that its samples had come to when they were given up, since they were more than a rollout's may be; 0 where
    /// they fit, or where it came from a record.
    public var tooLarge: Int { trajectory.tooLarge }
}

extension Trajectory {
    /// The facts without the texts, samples, calls and vectors.
    var withoutText: Trajectory {
        var small = self
        small.arena = []
        small.fields = []
        small.nodes = []
        small.calls = []
        small.finalFields = []
        small.learning = nil
        return small
    }
}
