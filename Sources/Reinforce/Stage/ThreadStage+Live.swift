import DashStream
import JSON

/// What a thread that is still running has said of its pairing.
struct ThreadClaim {
    private(set) var places: [PairingPlace] = []
    /// What the places say together; nil while they contradict each other or say too little.
    private(set) var pairing: Pairing?
    let time: Int64

    init(time: Int64) { self.time = time }

    mutating func add(_ more: [PairingPlace]) {
        places += more
        pairing = try? Pairing(places)
    }
}

extension ThreadStage {
    /// A restart begins: below the plan's position only what was open is taken up again.
    public mutating func begin(_ plan: RestorePlan) { assembler.restore = plan }

    /// The restart has reached the position it began from: whoever claimed a group below it and is not open any more
    /// belongs to a group that is finished business.
    public mutating func endRestore() {
        guard assembler.restore != nil else { return }
        assembler.restore = nil
        for (key, claim) in claims where !assembler.isOpen(key) {
            claims[key] = nil
            if let pairing = claim.pairing {
                closedGroups.insert(GroupKey(tenant: key.tenant, group: pairing.groupID))
            }
        }
    }

    /// Ends a restart whose position is the end of the log.
    public mutating func endRestoreIfReached(_ position: Int64) {
        if let plan = assembler.restore, position >= plan.position { endRestore() }
    }

    /// Hands over the groups that a restart has found closed.
    public mutating func takeClosedGroups() -> Set<GroupKey> {
        defer { closedGroups.removeAll() }
        return closedGroups
    }

    /// Still reading what was read before the restart.
    public var isRestoring: Bool { assembler.restore != nil }

    /// Closes every thread that is over at `time`.
    ///
    /// - Parameters:
    ///   - time: the partition's time, milliseconds.
    ///   - offset: the next one to be read.
    public mutating func closeSilent(at time: Int64, offset: Int64) {
        assembler.closeSilent(at: time, offset: offset)
        drain()
    }

    /// Largest believable timestamp so far, milliseconds; nil before the first.
    public var streamTime: Int64? { assembler.streamTime == .min ? nil : assembler.streamTime }
    /// Sets the partition's time after a restart.
    public mutating func resume(streamTime: Int64) { assembler.streamTime = max(assembler.streamTime, streamTime) }
    /// Threads that are open.
    public var openThreads: Int { assembler.openCount }
    /// Bytes that open threads hold.
    public var openBytes: Int { assembler.store.bytesInUse }

    /// The message that opened each open thread.
    public var openFirsts: [RestorePlan.First] {
        assembler.threads.compactMap { thread in
            thread.map { RestorePlan.First(offset: $0.firstOffset, index: Int($0.firstIndex)) }
        }
    }

    /// Threads that are still running and have claimed a slot of a group.
    public var pendingClaims: [(group: GroupKey, claim: PendingClaim)] {
        claims.compactMap { key, claim in
            guard let pairing = claim.pairing, examples[pairing.exampleID] != nil else { return nil }
            let pending = PendingClaim(time: claim.time, slot: pairing.rolloutIndex, groupSize: pairing.groupSize)
            return (GroupKey(tenant: key.tenant, group: pairing.groupID), pending)
        }
    }

    /// Notes what a GRAPH_START says, where its thread is open or a restart passes over it.
    static func noteClaim(
        _ unit: borrowing DashStream.Unit,
        _ position: RecordPosition,
        _ pointer: JSONPointer?,
        _ assembler: borrowing Assembler,
        _ claims: inout [ThreadKey: ThreadClaim]
    ) {
        guard unit.kind == .event else { return }
        let event = EventView(validated: unit.body)
        guard event.eventType == EventCode.graphStart, let key = assembler.key(unit),
            assembler.restore != nil || assembler.isOpen(key)
        else { return }
        var places = [PairingPlace(event)].filter(\.speaks)
        if let pointer, let text = event.attribute(named: "graph_manifest")?.string,
            let manifest = PairingPlace(manifest: text, at: pointer), manifest.speaks
        {
            places.append(manifest)
        }
        guard !places.isEmpty else { return }
        claims[key, default: ThreadClaim(time: position.timestamp)].add(places)
    }
}

extension Rollout {
    /// The message that opened its thread: what a restart must take up again while its group is not written.
    public var first: RestorePlan.First {
        RestorePlan.First(offset: trajectory.source.firstOffset, index: Int(trajectory.firstIndex))
    }
}

extension FinishedThread {
    /// The message that opened the thread, where it is a rollout on its way to a group.
    public var first: RestorePlan.First? {
        if case .rollout(let rollout) = self { rollout.first } else { nil }
    }
}
