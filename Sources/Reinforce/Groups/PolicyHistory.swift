public import JSON

/// The newest policy version of each tenant over time, where versions are whole numbers.
public struct PolicyHistory: Sendable {
    private typealias Step = (time: Int64, version: Int64)

    /// Of each tenant, ascending in time and in version.
    private var steps: [Text: [Step]] = [:]
    /// Of every tenant.
    private var common: [Step] = []

    /// Without any rollout.
    public init() {}

    /// Takes note of a rollout's claim; rollouts may come in any order.
    public mutating func note(_ rollout: Rollout) {
        note(rollout.pairing.policyVersion, of: rollout.key.tenant, at: rollout.claimTime)
    }

    /// Takes note of a version that a thread claims to act by; one that is no whole number is passed over.
    ///
    /// - Parameters:
    ///   - version: as the pairing names it.
    ///   - tenant: the thread's.
    ///   - time: record time of the claim, milliseconds.
    ///   - limit: steps that are kept of a tenant, the latest; the earlier ones are forgotten.
    mutating func note(_ version: Text, of tenant: Text, at time: Int64, keeping limit: Int = .max) {
        guard let version = Int64(version.string) else { return }
        note(version, of: tenant, at: time, keeping: limit)
    }

    /// Takes note of a version that is there from `time` on.
    ///
    /// - Parameters:
    ///   - version: the version.
    ///   - tenant: whose; nil: everybody's.
    ///   - time: from when on, milliseconds since 1970.
    ///   - limit: steps that are kept of a tenant, the latest; the earlier ones are forgotten.
    public mutating func note(_ version: Int64, of tenant: Text?, at time: Int64, keeping limit: Int = .max) {
        guard let tenant else { return Self.note(version, at: time, keeping: limit, in: &common) }
        if let last = steps[tenant]?.last, last.version >= version, last.time <= time { return }
        Self.note(version, at: time, keeping: limit, in: &steps[tenant, default: []])
    }

    private static func note(_ version: Int64, at time: Int64, keeping limit: Int, in known: inout [Step]) {
        let next = count(known, by: time)
        guard next == 0 || known[next - 1].version < version else { return }
        known.insert((time, version), at: next)
        let rest = next + 1
        let end = known[rest...].firstIndex { $0.version > version } ?? known.count
        known.removeSubrange(rest..<end)
        if known.count > limit { known.removeFirst(known.count - limit) }
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

    /// Tenants of which anything is known.
    var tenants: Int { steps.count }

    /// Forgets the half of the tenants whose newest version is the oldest, where there are more than `limit`.
    mutating func forgetTenants(beyond limit: Int) {
        guard steps.count > limit else { return }
        let order = steps.sorted { ($0.value.last?.time ?? 0, $0.key) < ($1.value.last?.time ?? 0, $1.key) }
        for (tenant, _) in order.prefix(steps.count - limit / 2) { steps[tenant] = nil }
    }

    /// The highest version that had been claimed or told by `time`; nil where none had.
    func newest(_ tenant: Text, at time: Int64) -> Int64? {
        let own = steps[tenant].flatMap { Self.newest($0, at: time) }
        let told = Self.newest(common, at: time)
        guard let own, let told else { return own ?? told }
        return max(own, told)
    }

    private static func newest(_ steps: [Step], at time: Int64) -> Int64? {
        let count = count(steps, by: time)
        return count > 0 ? steps[count - 1].version : nil
    }

    /// How many steps there were by `time`.
    private static func count(_ steps: [Step], by time: Int64) -> Int {
        var low = 0
        var high = steps.count
        while low < high {
            let middle = (low + high) / 2
            if steps[middle].time <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
