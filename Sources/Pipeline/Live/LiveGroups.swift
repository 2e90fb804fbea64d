internal import JSON
internal import Reinforce

/// Groups that are not written yet, and those that are finished business.
struct LiveGroups {
    private var open: [GroupKey: [Rollout]] = [:]
    /// Bytes of the texts of everyone who waits.
    private(set) var waitingBytes = 0
    private var closed: [GroupKey: Int64] = [:]
    private let decider: GroupDecider
    /// How long a closed group is remembered, milliseconds of record time.
    private let memory: Int64
    private var dirty: Set<GroupKey> = []
    /// Groups that might close by time alone are looked at this often.
    private var lastSweep = Int64.min

    init(_ decider: GroupDecider, memory: Int64) {
        self.decider = decider
        self.memory = memory
    }

    /// Groups that wait for members.
    var openCount: Int { open.count }
    /// Everyone who waits in them.
    var waiting: [Rollout] { open.values.flatMap { $0 } }

    /// Remembers groups that were closed before a restart.
    mutating func remember(_ keys: Set<GroupKey>, at time: Int64) { for key in keys { closed[key] = time } }

    /// Takes a rollout; false where its group is closed already: it is late.
    mutating func add(_ rollout: Rollout) -> Bool {
        let key = rollout.groupKey
        guard closed[key] == nil else { return false }
        open[key, default: []].append(rollout)
        waitingBytes += rollout.textBytes
        dirty.insert(key)
        return true
    }

    /// Takes out every group that is closed at `now`, in the order (decision, tenant, group).
    mutating func close(at now: Int64, pending: () -> [GroupKey: [PendingClaim]]) -> [DecidedGroup] {
        // time moves slowly for whole groups: all of them are looked at once a second of it
        if lastSweep == .min || now - lastSweep >= 1000 {
            dirty.formUnion(open.keys)
            lastSweep = now
            if closed.count > 10_000 { closed = closed.filter { now - $0.value <= memory } }
        }
        guard !dirty.isEmpty else { return [] }
        let pending = pending()
        var decided: [DecidedGroup] = []
        for key in dirty {
            guard let rollouts = open[key],
                let group = decider.decide(key, rollouts, pending: pending[key] ?? [], now: now)
            else { continue }
            open[key] = nil
            waitingBytes -= rollouts.reduce(0) { $0 + $1.textBytes }
            closed[key] = now
            decided.append(group)
        }
        dirty.removeAll(keepingCapacity: true)
        // whoever runs keeps its group from closing: look again when it ends
        return decided.sorted { ($0.decidedAt, $0.key) < ($1.decidedAt, $1.key) }
    }
}
