import DashStream
import JSON

extension GroupStage {
    /// Lets time pass, milliseconds: counts only while every source is idle, and only forwards.
    public mutating func pass(to now: Int64) {
        guard restore == nil else { return }
        clock.pass(to: now, at: position, memory: configuration.memory)
    }

    /// Hands over every group that is closed by now, in the order (decision, tenant, group).
    ///
    /// - Parameter now: ``pass(to:)`` this time before; nil: none.
    /// - Returns: the groups, each once; they stay open until ``finished(_:)``. Nothing while a restart is not through.
    public mutating func close(now: Int64? = nil) -> [DecidedGroup] {
        guard restore == nil else { return [] }
        if let now { pass(to: now) }
        guard let time = clock.time else { return [] }
        var woken: Set<GroupKey> = []
        while let wake = wakes.next(at: time) {
            guard let group = open[wake.key], group.wakesAt == wake.time else { continue }
            group.wakesAt = .max
            dirty.insert(wake.key)
            woken.insert(wake.key)
        }
        guard !dirty.isEmpty else { return [] }
        let keys = dirty.sorted()
        dirty.removeAll(keepingCapacity: true)
        var groups: [DecidedGroup] = []
        for key in keys {
            guard let group = open[key] else { continue }
            if group.canWait, !woken.contains(key) {
                wake(group, key, at: time &+ 1000)
            } else if let made = look(at: group, key, time) {
                groups.append(made)
            }
        }
        return groups.sorted { ($0.decidedAt, $0.key) < ($1.decidedAt, $1.key) }
    }

    /// Decides a group where it is closed; else sees to it that it is looked at again.
    private mutating func look(at group: OpenGroup, _ key: GroupKey, _ time: Int64) -> DecidedGroup? {
        guard !group.rollouts.isEmpty else {
            let end = group.firstClaim.saturatingPlus(configuration.groups.deadline)
            guard time > end else {
                wake(group, key, at: end.saturatingPlus(1))
                return nil
            }
            // whoever still runs will be late by himself
            counters.lapsed += 1
            leave(group, key)
            firsts.close(group.first)
            return nil
        }
        if let until = group.opensUntil(time, deadline: configuration.groups.deadline) {
            reopen(group)
            wake(group, key, at: until)
            return nil
        }
        group.look()
        let verdict = decider.verdict(key, group.rollouts, Array(group.claims.values), now: time, first: group.first)
        switch verdict {
        case .open(let until):
            reopen(group)
            if let until { wake(group, key, at: until) }
            return nil
        case .decided(let decision):
            leave(group, key)
            let cut = group.cut ?? position
            decided[key] = Decision(first: group.first, cut: cut)
            firsts.change(Self.first(group.first, cut: cut))
            return decision
        case .exampleMissing(let closedAt):
            guard time > closedAt.saturatingPlus(configuration.exampleGrace) else {
                wake(group, key, at: closedAt.saturatingPlus(configuration.exampleGrace).saturatingPlus(1))
                return nil
            }
            leave(group, key)
            firsts.close(group.first)
            fates += group.rollouts.map { LedgerEntry($0, .unknownExample) }
            return nil
        }
    }

    private mutating func wake(_ group: OpenGroup, _ key: GroupKey, at time: Int64) {
        guard time < group.wakesAt else { return }
        group.wakesAt = time
        wakes.insert(key, at: time)
        guard wakes.count > 2 * open.count + 1024 else { return }
        let current = open
        wakes.keep { current[$1]?.wakesAt == $0 }
    }

    /// It is not waited for any more.
    private mutating func leave(_ group: OpenGroup, _ key: GroupKey) {
        open[key] = nil
        openBytes -= group.bytes
    }

    /// What it was decided by before a restart has changed.
    private mutating func reopen(_ group: OpenGroup) {
        guard group.cut != nil else { return }
        group.cut = nil
        firsts.change(Self.first(group.first, cut: nil))
    }

    /// Whether ``close(now:)`` may find something.
    package var isDue: Bool {
        guard restore == nil, let time = clock.time else { return false }
        return !dirty.isEmpty || wakes.earliest.map { $0 <= time } ?? false
    }

    /// A group's output is written, or there is none: it is finished business.
    public mutating func finished(_ key: GroupKey) {
        if let decision = decided.removeValue(forKey: key) { firsts.close(decision.first) }
    }
}
