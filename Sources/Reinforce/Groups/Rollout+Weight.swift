extension Rollout {
    /// Calls that train.
    var trainableCalls: Int { trajectory.calls.reduce(0) { $0 + ($1.isTrainable ? 1 : 0) } }

    /// Weight of each of its calls that train in a loss; where none does, of each of its samples, unless a call is another
    /// model's: then the policy did nothing in it. 0: it trains nothing.
    var weight: Double {
        let calls = trainableCalls
        if calls > 0 { return 1 / Double(calls) }
        if trajectory.calls.contains(where: \.isForeign) { return 0 }
        let samples = samples.count
        return samples == 0 ? 0 : 1 / Double(samples)
    }
}
