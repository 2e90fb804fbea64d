import JSON

/// The newest policy version of each tenant over time, where versions are whole numbers.
public struct PolicyHistory: Sendable {
    private var steps: [Text: [(time: Int64, version: Int64)]] = [:]

    /// From every rollout's claim.
    public init(_ rollouts: some Sequence<Rollout>) {
        for rollout in rollouts {
            guard let version = Int64(rollout.pairing.policyVersion.string) else { continue }
            steps[rollout.key.tenant, default: []].append((rollout.claimTime, version))
        }
        for tenant in steps.keys {
            var newest = Int64.min
            steps[tenant] = steps[tenant]?.sorted { $0.time < $1.time }.compactMap { step in
                guard step.version > newest else { return nil }
                newest = step.version
                return step
            }
        }
    }

    /// The highest version that had been claimed by `time`; nil where none had.
    func newest(_ tenant: Text, at time: Int64) -> Int64? {
        steps[tenant]?.last { $0.time <= time }?.version
    }
}
