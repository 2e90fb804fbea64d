import JSON

/// The newest policy version of each tenant over time, where versions are whole numbers.
public struct PolicyHistory: Sendable {
    private var steps: [Text: [(time: Int64, version: Int64)]] = [:]

    /// Without any rollout.
    public init() {}

    /// Takes note of a rollout's claim; rollouts may come in any order.
    public mutating func note(_ rollout: Rollout) {
        guard let version = Int64(rollout.pairing.policyVersion.string) else { return }
        let time = rollout.claimTime
        var known = steps.removeValue(forKey: rollout.key.tenant) ?? []
        // steps ascend in time and in version
        let next = Self.count(known, by: time)
        if next == 0 || known[next - 1].version < version {
            known.insert((time, version), at: next)
            let rest = next + 1
            let end = known[rest...].firstIndex { $0.version > version } ?? known.count
            known.removeSubrange(rest..<end)
        }
        steps[rollout.key.tenant] = known
    }

    /// From every rollout's claim.
    public init(_ rollouts: [Rollout]) {
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
        guard let known = steps[tenant] else { return nil }
        let count = Self.count(known, by: time)
        return count > 0 ? known[count - 1].version : nil
    }

    /// How many steps there were by `time`.
    private static func count(_ steps: [(time: Int64, version: Int64)], by time: Int64) -> Int {
        var low = 0
        var high = steps.count
        while low < high {
            let middle = (low + high) / 2
            if steps[middle].time <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
