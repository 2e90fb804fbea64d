extension Rollout {
    /// Bytes of its record on the scored topic, where that was more than a record holds; else 0. Its group is too large for
    /// any batch then.
    public var oversize: Int { trajectory.oversize }

    /// The same rollout without its text, for a record that must stay small.
    ///
    /// - Parameter bytes: what its record would have had.
    public func withoutText(bytes: Int) -> Rollout {
        var small = trajectory
        small.arena = []
        small.fields = []
        small.nodes = []
        small.calls = []
        small.finalFields = []
        small.oversize = bytes
        small.learning = nil
        guard let reward else {
            return Rollout(small, pairing, (.failure(Exclusion(exclusion ?? .tooLarge)), rewards))
        }
        return Rollout(small, pairing, (.success(reward), rewards))
    }
}
