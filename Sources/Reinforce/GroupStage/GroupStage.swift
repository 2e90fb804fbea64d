import DashStream
import JSON

/// Records of one partition of the scored topic in, decided groups out: the second stage. Pure: time comes with the
/// records.
///
/// A group is open from its first record until its output is written: the caller takes groups from ``close(now:)``, writes
/// them, and says ``finished(_:)`` in the transaction that carries them. What a checkpoint must hold is ``position``,
/// ``openFirsts`` and ``clock``; with them ``begin(_:)`` and the log from ``readsFrom`` on give the same state again.
public struct GroupStage: ~Copyable {
    /// A group that was handed over and is not written yet.
    struct Decision {
        let first: Int64
        let cut: Int64
    }

    let configuration: GroupStageConfiguration
    /// Decides groups; its examples may change at any time.
    public var decider: GroupDecider
    /// The partition's time.
    public internal(set) var clock: StreamClock
    /// The next offset to be read.
    public internal(set) var position: Int64
    /// What has been counted.
    public internal(set) var counters = GroupCounters()
    /// Threads whose end the stage itself has decided, that nobody has taken yet: those that came late, and those whose
    /// example is gone.
    public var fates: [LedgerEntry] = []
    var open: [GroupKey: OpenGroup] = [:]
    var decided: [GroupKey: Decision] = [:]
    /// The offset at which a group last occurred.
    private var seen = OffsetMemory<GroupKey>()
    /// Where rollouts came, where they may come again.
    private var came = OffsetMemory<ThreadKey>()
    var restore: GroupRestorePlan?
    var dirty: Set<GroupKey> = []
    var wakes = WakeQueue<GroupKey>()
    /// What a checkpoint says of open groups.
    var firsts = OpenFirsts()
    /// Bytes that everyone who waits in an undecided group holds, roughly.
    public internal(set) var openBytes = 0

    /// A stage for a partition that is read from `position` on.
    ///
    /// - Parameters:
    ///   - configuration: when groups close, and how long they are remembered.
    ///   - decider: what makes of closed groups what they are; its rules of groups are those of `configuration`.
    ///   - position: the first offset.
    public init(_ configuration: GroupStageConfiguration, _ decider: GroupDecider, position: Int64 = 0) {
        self.configuration = configuration
        self.decider = decider
        self.position = position
        clock = StreamClock(from: position)
    }

    /// Takes one record. Offsets may have gaps, and must not go back.
    ///
    /// - Parameters:
    ///   - value: the record's value.
    ///   - record: where it stands.
    /// - Throws: what is wrong with the record; below a restart's position nothing, as it was said before.
    public mutating func receive(_ value: RawSpan, at record: RecordPosition) throws(ScoredProblem) {
        reach(record.offset)
        counters.records += 1
        defer { reach(record.offset.saturatingPlus(1)) }
        let said: ScoredRecord
        do throws(ScoredProblem) {
            said = try ScoredRecord(decoding: value)
        } catch {
            if restore != nil { return }
            throw error
        }
        receive(said, at: record.offset)
    }

    /// Takes what a record says.
    mutating func receive(_ record: ScoredRecord, at offset: Int64) {
        if case .time(let time) = record, restore == nil {
            clock.receive(time, at: offset, required: configuration.sources, memory: configuration.memory)
        }
        guard let key = record.groupKey else { return }
        notePolicy(record)
        if case .scored = record, restore == nil { counters.rollouts += 1 }
        let last = note(record, key, offset)
        guard !isRepeated(record, offset) else { return }
        if let group = open[key] {
            // from its cut on it was decided: what comes there is late, and was said to be if it stands below the position
            if group.cut.map({ offset < $0 }) ?? true { return append(record, to: group, key) }
            return restore == nil ? reject(record) : ()
        }
        if restore != nil {
            guard let covered = restore?.covered.removeValue(forKey: offset) else { return }
            return begin(key, with: record, at: offset, cut: covered == 0 ? nil : offset.saturatingPlus(Int64(covered)))
        }
        guard decided[key] == nil, !isRemembered(last, at: offset), opensGroup(record) else { return reject(record) }
        begin(key, with: record, at: offset, cut: nil)
    }

    private mutating func begin(_ key: GroupKey, with record: ScoredRecord, at offset: Int64, cut: Int64?) {
        let group = OpenGroup(first: offset, openedAt: record.claimTime ?? 0, cut: cut)
        open[key] = group
        firsts.open(Self.first(offset, cut: cut))
        append(record, to: group, key)
    }

    private mutating func append(_ record: ScoredRecord, to group: OpenGroup, _ key: GroupKey) {
        let before = group.bytes
        defer { openBytes += group.bytes - before }
        if group.receive(record) {
            dirty.insert(key)
        } else if case .scored = record, restore == nil {
            counters.duplicates += 1
        }
    }

    /// A record of a group that is finished business.
    private mutating func reject(_ record: ScoredRecord) {
        switch record {
        case .scored(let rollout):
            counters.late += 1
            fates.append(LedgerEntry(late: rollout))
        case .claim: counters.lateClaims += 1
        case .withdrawal, .time: break
        }
    }

    /// Whoever has had a group's time to himself cannot be the first of one: that group has come and gone.
    private func opensGroup(_ record: ScoredRecord) -> Bool {
        guard let claimed = record.claimTime else { return false }
        let end = claimed.saturatingPlus(configuration.groups.deadline)
        if case .scored(let rollout) = record, rollout.decisionTime > end { return false }
        return clock.time.map { $0 <= end } ?? true
    }

    private mutating func isRepeated(_ record: ScoredRecord, _ offset: Int64) -> Bool {
        guard configuration.mayRepeat, case .scored(let rollout) = record else { return false }
        if came.isFull { came.forget(below: memoryStart(at: offset)) }
        guard isRemembered(came.note(rollout.key, at: offset), at: offset) else { return false }
        if restore == nil { counters.repeated += 1 }
        return true
    }

    private func isRemembered(_ last: Int64?, at offset: Int64) -> Bool {
        guard let last else { return false }
        return last >= memoryStart(at: offset)
    }

    private func memoryStart(at offset: Int64) -> Int64 {
        clock.memoryStart(at: offset, records: configuration.closedMemoryRecords)
    }

    /// Notes that the group occurs here; returns where it did before. Who gives a slot up says nothing of the group.
    private mutating func note(_ record: ScoredRecord, _ key: GroupKey, _ offset: Int64) -> Int64? {
        if case .withdrawal = record { return seen[key] }
        if seen.isFull { seen.forget(below: memoryStart(at: offset)) }
        return seen.note(key, at: offset)
    }
}

extension ScoredRecord {
    /// Record time of the claim it makes or fulfils.
    fileprivate var claimTime: Int64? {
        switch self {
        case .claim(let claim): claim.time
        case .scored(let rollout): rollout.claimTime
        case .withdrawal, .time: nil
        }
    }
}
