import DashStream
import JSON

/// Reads a finished thread in the order of its main lane: state, nodes, outcome. Reused from thread to thread.
struct ThreadFold: ~Copyable {
    let manifestPointer: JSONPointer?
    var state = ThreadState()
    var nodes: NodeTracker
    var calls = CallBook()
    let sha = SHA256()
    var decompressor = Decompressor()
    let checkpointLimit: Int
    let capturesVectors: Bool
    let keepsNodeRewards: Bool
    private var order: [Int] = []
    /// Bytes of the arena at which it is looked for texts that nothing refers to any more.
    private var compactsAt = 0

    /// The arena is small enough to be left as it is.
    private static var smallArena: Int { 32 << 20 }

    /// - Parameters:
    ///   - manifestPointer: where in `graph_manifest` a pairing may stand.
    ///   - checkpointLimit: bytes that may come out of a Checkpoint.
    ///   - maxRolloutBytes: bytes that the samples of a rollout may come to.
    ///   - seed: of hash tables.
    ///   - capturesVectors: whether the vectors of the instant-learning loop are kept.
    ///   - keepsNodeRewards: whether the rewards of single node executions are kept.
    init(
        manifestPointer: JSONPointer?,
        checkpointLimit: Int,
        maxRolloutBytes: Int,
        seed: UInt64 = 0,
        capturesVectors: Bool = false,
        keepsNodeRewards: Bool = false
    ) {
        nodes = NodeTracker(maxBytes: maxRolloutBytes, seed: seed)
        self.capturesVectors = capturesVectors
        self.keepsNodeRewards = keepsNodeRewards
        self.manifestPointer = manifestPointer
        self.checkpointLimit = checkpointLimit
    }

    /// Folds one thread.
    mutating func run(_ record: ThreadRecord) -> Trajectory {
        var trajectory = Trajectory(key: record.key, source: record.source, entry: record.entry)
        trajectory.openedAt = record.openedAt
        trajectory.duplicates = record.duplicates
        state.reset()
        nodes.removeAll()
        calls.removeAll()
        compactsAt = Self.smallArena
        sort(record, &trajectory)
        let payload = unsafe record.bytes.span.bytes
        var sawNodeError = false
        var decided = false
        for index in order {
            let entry = record.entries[index]
            guard let message = StoredMessage(in: payload, at: Int(entry.position)) else { continue }
            if !decided {
                trajectory.endedAt = message.eventTime
                trajectory.decisionTime = message.recordTime
            }
            if entry.flags.contains(.nodeError) { sawNodeError = true }
            if entry.flags.contains(.graphStart) { receiveStart(message, payload, entry, &trajectory) }
            if entry.flags.contains(.terminator), entry.sequence == record.terminator, !decided {
                decided = true
                trajectory.outcome =
                    EventView(validated: message.body).eventType == EventCode.graphEnd ? .completed : .failed
            }
            receive(message, &trajectory)
            if state.arena.count > compactsAt { compact() }
        }
        if !decided, sawNodeError, !record.cut { trajectory.outcome = .failed }
        // a long thread leaves far more behind than lives on; calls are read into what is left
        if state.arena.count > 1 << 20 { compact() }
        readAuxiliary(record, payload, &trajectory)
        close(&trajectory)
        return trajectory
    }

    /// The main lane up to the terminator by (sequence, arrival), and what is missing from it or beyond it.
    private mutating func sort(_ record: ThreadRecord, _ trajectory: inout Trajectory) {
        order.removeAll(keepingCapacity: true)
        var last: UInt64 = 0
        var sorted = true
        for (index, entry) in record.entries.enumerated() where entry.isMain {
            if entry.sequence > record.terminator {
                trajectory.late += 1
                continue
            }
            if entry.sequence < last { sorted = false }
            last = entry.sequence
            order.append(index)
        }
        if !sorted {
            trajectory.reordered = true
            order.sort { (record.entries[$0].sequence, $0) < (record.entries[$1].sequence, $1) }
        }
        var expected: UInt64 = 1
        for index in order {
            let sequence = record.entries[index].sequence
            guard sequence >= expected else { continue }
            trajectory.missing = trajectory.missing.saturatingPlus(sequence - expected)
            while expected < sequence, trajectory.missingSequences.count < 1000 {
                trajectory.missingSequences.append(expected)
                expected &+= 1
            }
            expected = sequence &+ 1
            if expected == 0 { break }
        }
    }

    mutating func receive(_ message: borrowing StoredMessage, _ trajectory: inout Trajectory) {
        switch message.kind {
        case .event: receiveEvent(EventView(validated: message.body), message, &trajectory)
        case .stateDiff:
            trajectory.hasState = true
            state.receive(StateDiffView(validated: message.body), sha)
        case .checkpoint: receiveCheckpoint(CheckpointView(validated: message.body), &trajectory)
        default: break
        }
    }

    /// Texts of states that are over go; each time twice as many must have come before it is looked again.
    private mutating func compact() {
        state.compact(&nodes)
        compactsAt = max(Self.smallArena, 2 * state.arena.count)
    }

    private mutating func close(_ trajectory: inout Trajectory) {
        trajectory.stateVerified = state.verified
        trajectory.resyncs = state.resyncs
        trajectory.finalStateDigest = state.verified ? state.digest(sha) : nil
        // what lives on takes what it needs; the room to fold in stays here
        trajectory.finalIsObject = state.shape == .object
        trajectory.finalFields = state.fields.map { SampleField(name: $0.name, value: $0.value) }
        trajectory.nodes = nodes.executions.exactCopy
        trajectory.tooLarge = nodes.isTooLarge ? nodes.size.bytes : 0
        trajectory.nodesSeen = nodes.seen
        trajectory.fields = nodes.fields.exactCopy
        trajectory.arena = state.arena.exactCopy
    }
}
