import DashStream
public import JSON

extension ThreadStage {
    /// Hands over what groups are to be told, in order; nothing while a restart is under way, since every open thread
    /// tells it again.
    public mutating func takeClaims() -> [ClaimChange] {
        guard !isRestoring else { return [] }
        defer { claims.changes.removeAll() }
        return claims.changes
    }

    /// Threads that are still running and have claimed a slot of a group.
    public var pendingClaims: [(group: GroupKey, claim: PendingClaim)] {
        claims.open.compactMap { claim in
            guard let told = claim.announced else { return nil }
            let pending = PendingClaim(
                time: told.time,
                slot: told.pairing.rolloutIndex,
                groupSize: told.pairing.groupSize
            )
            return (GroupKey(tenant: claim.key.tenant, group: told.pairing.groupID), pending)
        }
    }

    /// Puts an example in, in place of an earlier one of its id: whoever waited for it goes on.
    public mutating func update(example: Example) {
        let isNew = examples[example.id] == nil
        examples.insert(example)
        guard isNew else { return }
        for first in claims.wanting(example.id) { refreshClaim(first) }
        for trajectory in waiting.take(example: example.id) { decide(trajectory) }
    }

    /// Takes an example out: a null value on the topic.
    public mutating func remove(example id: Text) {
        guard examples[id] != nil else { return }
        examples.remove(id)
        for first in claims.using(id) { refreshClaim(first) }
    }

    /// Takes a record of the rollouts topic.
    ///
    /// - Parameters:
    ///   - value: its value, JSON.
    ///   - recordKey: its key, the thread's id where the value does not say it.
    ///   - timestamp: its Kafka time, milliseconds; negative: not to be believed.
    /// - Throws: what is wrong with it.
    public mutating func note(pairing value: [UInt8], recordKey: Text?, timestamp: Int64) throws(RegistryProblem) {
        let key = try registry.insert(value, recordKey: recordKey, timestamp: timestamp)
        if let first = claims.first(of: key) {
            let before = claims[first]?.announced
            refreshClaim(first)
            if let before, claims[first]?.announced == before, let place = registry[key],
                (try? Pairing([place])) != before.pairing
            {
                counters.pairingsIgnored += 1
            }
        }
        for trajectory in waiting.take(key: key) { decide(trajectory) }
    }

    /// Notes a GRAPH_START that came by.
    mutating func note(_ start: NotedStart) {
        refresh(claims.note(start))
    }

    private func pairing(of claim: ClaimBook.Claim) -> Pairing? {
        let records = registry.candidates(claim.key, from: claim.openedAt.saturatingMinus(grace.age), to: .max)
        return try? records.pairing(with: claim.places, claimedAt: claim.time).0
    }

    /// Tells a thread's group what has changed.
    mutating func refreshClaim(_ first: RestorePlan.First) {
        if let claim = claims[first] { refresh(claim) }
    }

    private mutating func refresh(_ claim: ClaimBook.Claim) {
        let pairing = pairing(of: claim)
        claims.update(claim, pairing, isKnown: pairing.map { examples[$0.exampleID] != nil } ?? false)
    }

    /// Reads the claims of spilled threads from what they hold: their GRAPH_STARTs are not read again.
    mutating func noteSpilledClaims() {
        for (first, starts) in assembler.spilledStarts(manifestPointer) {
            claims.clear(first)
            for start in starts { _ = claims.note(start) }
            refreshClaim(first)
        }
    }
}

extension Assembler {
    /// The GRAPH_STARTs of every open thread that was spilled.
    func spilledStarts(_ pointer: JSONPointer?) -> [(RestorePlan.First, [NotedStart])] {
        var bytes: [UInt8] = []
        var found: [(RestorePlan.First, [NotedStart])] = []
        for slot in inOrder(threads.indices.filter { threads[$0]?.spill.cut != nil }) {
            guard let thread = threads[slot] else { continue }
            store.copy(thread.payload, into: &bytes)
            guard let key = Self.key(bytes, thread) else { continue }
            let payload = unsafe bytes.span.bytes
            var starts: [NotedStart] = []
            for entry in thread.entries where entry.flags.contains(.graphStart) {
                guard let message = StoredMessage(in: payload, at: Int(entry.position)) else { continue }
                starts.append(NotedStart(message, key, thread, pointer))
            }
            if !starts.isEmpty { found.append((thread.first, starts)) }
        }
        return found
    }
}
