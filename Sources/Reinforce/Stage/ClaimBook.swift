import JSON

/// What the open threads of a partition have said of their pairing, and what their groups were told of it.
struct ClaimBook {
    struct Claim {
        let key: ThreadKey
        let openedAt: Int64
        /// The lowest GRAPH_START tells the claim's time.
        var sequence: UInt64
        var time: Int64
        var places: [PairingPlace]
        var announced: Announcement?
        /// The example that is not there yet.
        var wants: Text?
    }

    /// A claim in memory of its own: a table has more places than claims.
    private struct Kept {
        private var one: [Claim]
        init(_ claim: Claim) { one = [claim] }
        var claim: Claim { one[0] }
    }

    struct Announcement: Hashable {
        let pairing: Pairing
        let time: Int64
    }

    private var kept: [RestorePlan.First: Kept] = [:]
    private var byKey: [ThreadKey: RestorePlan.First] = [:]
    private var wanted: [Text: Set<RestorePlan.First>] = [:]
    /// What groups have not been told yet.
    var changes: [ClaimChange] = []

    /// What open threads claim, in no order.
    var open: some Sequence<Claim> { kept.values.lazy.map(\.claim) }

    /// What an open thread claims.
    subscript(first: RestorePlan.First) -> Claim? { kept[first]?.claim }

    /// Notes a GRAPH_START of an open thread.
    mutating func note(_ start: NotedStart, of first: RestorePlan.First) {
        byKey[start.key] = first
        guard var claim = kept.removeValue(forKey: first)?.claim else {
            kept[first] = Kept(
                Claim(
                    key: start.key,
                    openedAt: start.openedAt,
                    sequence: start.sequence,
                    time: start.time,
                    places: start.places
                )
            )
            return
        }
        for place in start.places { claim.places.add(place) }
        if start.sequence < claim.sequence {
            claim.sequence = start.sequence
            claim.time = start.time
        }
        kept[first] = Kept(claim)
    }

    /// Forgets what an open thread has said, to be told it anew.
    mutating func clear(_ first: RestorePlan.First) {
        guard let claim = kept.removeValue(forKey: first)?.claim else { return }
        if let id = claim.wants { wanted[id]?.remove(first) }
    }

    /// The open thread of a key.
    func first(of key: ThreadKey) -> RestorePlan.First? { byKey[key] }

    /// Open threads whose pairing names an example that is not there.
    func wanting(_ example: Text) -> [RestorePlan.First] { wanted[example].map { $0.sorted() } ?? [] }

    /// Threads whose groups were told that they use an example.
    func using(_ example: Text) -> [RestorePlan.First] {
        kept.filter { $0.value.claim.announced?.pairing.exampleID == example }.map(\.key).sorted()
    }

    /// Tells a thread's group what has changed.
    mutating func update(_ first: RestorePlan.First, _ pairing: Pairing?, isKnown: Bool) {
        guard var claim = self[first] else { return }
        let wants = isKnown ? nil : pairing?.exampleID
        if claim.wants != wants {
            if let old = claim.wants {
                wanted[old]?.remove(first)
                if wanted[old]?.isEmpty == true { wanted[old] = nil }
            }
            if let wants { wanted[wants, default: []].insert(first) }
            claim.wants = wants
        }
        let told = isKnown ? pairing.map { Announcement(pairing: $0, time: claim.time) } : nil
        if let old = claim.announced, old != told, old.pairing.groupID != told?.pairing.groupID {
            changes.append(.withdrawal(claim.key, group(claim.key, old.pairing.groupID)))
        }
        if let told, told != claim.announced {
            changes.append(.claim(claim.key, told.pairing, time: told.time))
        }
        claim.announced = told
        kept[first] = Kept(claim)
    }

    /// A thread is over: a rollout's claim ends with it, any other is withdrawn from every group it can have named, since
    /// a process before this one may have told them.
    mutating func settle(_ thread: FinishedThread, _ registry: PairingRegistry) {
        let first = thread.entry.first
        let announced = self[first]?.announced?.pairing.groupID
        clear(first)
        if byKey[thread.key] == first { byKey[thread.key] = nil }
        var named: Set<Text> = announced.map { [$0] } ?? []
        switch thread {
        case .rollout(let rollout): named.remove(rollout.pairing.groupID)
        case .excluded(let excluded):
            guard excluded.trajectory.hasStart else { break }
            named.formUnion(excluded.trajectory.places.compactMap(\.groupID))
            named.formUnion(registry.groups(thread.key))
        }
        for id in named.sorted() { changes.append(.withdrawal(thread.key, group(thread.key, id))) }
    }

    /// After a restart: groups that a thread has named and holds no slot of may have been told otherwise before.
    mutating func renounce(_ registry: PairingRegistry) {
        for (_, kept) in kept.sorted(by: { $0.key < $1.key }) {
            let claim = kept.claim
            var named = Set(claim.places.compactMap(\.groupID)).union(registry.groups(claim.key))
            if let held = claim.announced?.pairing.groupID { named.remove(held) }
            for id in named.sorted() { changes.append(.withdrawal(claim.key, group(claim.key, id))) }
        }
    }

    private func group(_ key: ThreadKey, _ id: Text) -> GroupKey { GroupKey(tenant: key.tenant, group: id) }
}
