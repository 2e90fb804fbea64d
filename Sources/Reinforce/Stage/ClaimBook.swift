import JSON

/// What the open threads of a partition have said of their pairing, and what their groups were told of it.
struct ClaimBook {
    /// What one open thread claims. An object, changed where it is: open threads are many, and a table of them has more places
    /// than threads.
    final class Claim {
        let key: ThreadKey
        /// The message that opened its thread.
        let first: RestorePlan.First
        let openedAt: Int64
        /// The lowest GRAPH_START tells the claim's time.
        private var sequence: UInt64
        private(set) var time: Int64
        private(set) var places: [PairingPlace]
        private var told = Told.nothing
        /// The example that is not there yet.
        fileprivate(set) var wants: Text?

        fileprivate init(_ start: NotedStart) {
            key = start.key
            first = start.first
            openedAt = start.openedAt
            sequence = start.sequence
            time = start.time
            places = start.places
        }

        /// What its group was told.
        fileprivate(set) var announced: Announcement? {
            get {
                switch told {
                case .nothing: nil
                case .trace(let time): (try? Pairing(places)).map { Announcement(pairing: $0, time: time) }
                case .other(let announcement): announcement.first
                }
            }
            set {
                guard let newValue else { return told = .nothing }
                told = (try? Pairing(places)) == newValue.pairing ? .trace(time: newValue.time) : .other([newValue])
            }
        }

        /// Takes in what another GRAPH_START says.
        fileprivate func add(_ start: NotedStart) {
            let before = announced
            for place in start.places { places.add(place) }
            announced = before
            guard start.sequence < sequence else { return }
            sequence = start.sequence
            time = start.time
        }
    }

    struct Announcement: Hashable {
        let pairing: Pairing
        let time: Int64
    }

    /// What a group was told of a thread: nearly always what its trace says, which need not be kept twice.
    private enum Told {
        case nothing
        case trace(time: Int64)
        case other([Announcement])
    }

    private var kept: [RestorePlan.First: Claim] = [:]
    /// Made when it is asked for: nobody does who writes no pairings beside the trace.
    private var byKey: [ThreadKey: RestorePlan.First]?
    private var wanted: [Text: Set<RestorePlan.First>] = [:]
    /// What groups have not been told yet.
    var changes: [ClaimChange] = []

    /// What open threads claim, in no order.
    var open: some Sequence<Claim> { kept.values }

    /// What an open thread claims.
    subscript(first: RestorePlan.First) -> Claim? { kept[first] }

    /// Notes a GRAPH_START of an open thread.
    mutating func note(_ start: NotedStart) -> Claim {
        byKey?[start.key] = start.first
        guard let claim = kept[start.first] else {
            let claim = Claim(start)
            kept[start.first] = claim
            return claim
        }
        claim.add(start)
        return claim
    }

    /// Forgets what an open thread has said, to be told it anew; returns it.
    @discardableResult
    mutating func clear(_ first: RestorePlan.First) -> Claim? {
        guard let claim = kept.removeValue(forKey: first) else { return nil }
        want(nil, claim)
        return claim
    }

    /// The open thread of a key: where several had it, the one that opened last.
    mutating func first(of key: ThreadKey) -> RestorePlan.First? {
        if let byKey { return byKey[key] }
        let made = Dictionary(kept.values.lazy.map { ($0.key, $0.first) }, uniquingKeysWith: max)
        byKey = made
        return made[key]
    }

    /// Open threads whose pairing names an example that is not there.
    func wanting(_ example: Text) -> [RestorePlan.First] { wanted[example].map { $0.sorted() } ?? [] }

    /// Threads whose groups were told that they use an example.
    func using(_ example: Text) -> [RestorePlan.First] {
        kept.filter { $0.value.announced?.pairing.exampleID == example }.map(\.key).sorted()
    }

    /// Notes which example a claim waits for.
    private mutating func want(_ example: Text?, _ claim: Claim) {
        guard claim.wants != example else { return }
        if let old = claim.wants {
            wanted[old]?.remove(claim.first)
            if wanted[old]?.isEmpty == true { wanted[old] = nil }
        }
        if let example { wanted[example, default: []].insert(claim.first) }
        claim.wants = example
    }

    /// Tells a thread's group what has changed.
    mutating func update(_ claim: Claim, _ pairing: Pairing?, isKnown: Bool) {
        want(isKnown ? nil : pairing?.exampleID, claim)
        let told = isKnown ? pairing.map { Announcement(pairing: $0, time: claim.time) } : nil
        let before = claim.announced
        guard told != before else { return }
        if let old = before?.pairing.groupID, old != told?.pairing.groupID { withdraw(claim.key, from: [old]) }
        if let told { changes.append(.claim(claim.key, told.pairing, time: told.time)) }
        claim.announced = told
    }

    /// A thread is over: a rollout's claim ends with it, any other is withdrawn from every group it can have named, since
    /// a process before this one may have told them.
    mutating func settle(_ thread: FinishedThread, _ registry: PairingRegistry) {
        let first = thread.entry.first
        let announced = clear(first)?.announced?.pairing.groupID
        if byKey?[thread.key] == first { byKey?[thread.key] = nil }
        switch thread {
        case .rollout(let rollout):
            if let announced, announced != rollout.pairing.groupID { withdraw(thread.key, from: [announced]) }
        case .excluded(let excluded):
            var named: Set<Text> = announced.map { [$0] } ?? []
            if excluded.trajectory.hasStart {
                named.formUnion(excluded.trajectory.places.compactMap(\.groupID))
                named.formUnion(registry.groups(thread.key))
            }
            withdraw(thread.key, from: named)
        }
    }

    private mutating func withdraw(_ key: ThreadKey, from groups: Set<Text>) {
        for id in groups.sorted() { changes.append(.withdrawal(key, GroupKey(tenant: key.tenant, group: id))) }
    }

    /// After a restart: groups that a thread has named and holds no slot of may have been told otherwise before.
    mutating func renounce(_ registry: PairingRegistry) {
        for claim in kept.values.sorted(by: { $0.first < $1.first }) {
            var named = Set(claim.places.compactMap(\.groupID)).union(registry.groups(claim.key))
            if let held = claim.announced?.pairing.groupID { named.remove(held) }
            withdraw(claim.key, from: named)
        }
    }
}
