public import DashStream
public import JSON

/// Tells a thread message by message: order, gaps, duplicates, and how its state changes.
public struct ThreadTimeline {
    private struct Kept {
        let stored: [UInt8]
        let position: RecordPosition
        let index: Int
        let flags: LaneFlags
        let id: [UInt8]
        let sequence: UInt64
        let eventTime: Int64
    }

    private let manifestPointer: JSONPointer?
    private let checkpointLimit: Int
    private var kept: [Kept] = []
    private var places: [[UInt8]: Int] = [:]
    private var duplicates: [Int: [RecordPosition]] = [:]

    /// - Parameters:
    ///   - manifestPointer: where in `graph_manifest` a pairing may stand; nil: nowhere.
    ///   - checkpointLimit: bytes that a checkpoint may have once decompressed.
    public init(manifestPointer: JSONPointer?, checkpointLimit: Int = 10 << 20) {
        self.manifestPointer = manifestPointer
        self.checkpointLimit = checkpointLimit
    }

    /// Takes a message of the thread; messages come as they stand in the log.
    ///
    /// - Parameters:
    ///   - unit: the message.
    ///   - index: which one of its record, from 0.
    ///   - position: where its record stands.
    public mutating func receive(_ unit: borrowing DashStream.Unit, index: Int, at position: RecordPosition) {
        var id: [UInt8] = []
        id.append(unit.header.messageID)
        if let first = places[id] {
            duplicates[first, default: []].append(position)
            return
        }
        places[id] = kept.count
        var stored: [UInt8] = []
        StoredMessage.write(unit, at: position, into: &stored)
        stored.appendVarint(0)
        kept.append(
            Kept(
                stored: stored,
                position: position,
                index: index,
                flags: LaneFlags(unit),
                id: id,
                sequence: unit.header.sequence,
                eventTime: unit.header.timestampMicroseconds
            )
        )
    }

    /// Every message once: the main lane by its sequence, the others where their time lies.
    ///
    /// - Returns: the entries, and the state at the end as canonical JSON; nil where nothing has set one.
    public func told() -> (entries: [TimelineEntry], finalState: String?) {
        let terminator = self.terminator
        // nobody asks for samples here
        var fold = ThreadFold(manifestPointer: manifestPointer, checkpointLimit: checkpointLimit, maxRolloutBytes: 0)
        var trajectory = Trajectory(
            key: ThreadKey(tenant: "", thread: ""),
            source: SourceRange(partition: 0, firstOffset: 0, lastOffset: 0),
            entry: OpenEntry(first: RestorePlan.First(offset: 0, index: 0))
        )
        var open: [(node: String, fields: [StateField])] = []
        var entries: [TimelineEntry] = []
        var expected: UInt64 = 1
        for index in order {
            let message = kept[index]
            let isMain = !message.flags.contains(.auxiliary)
            let isLate = isMain && message.sequence > terminator
            var entry = Self.entry(message, isMain ? isLate ? .late : .main : .auxiliary)
            entry.duplicates = duplicates[index] ?? []
            if isMain, !isLate {
                if message.sequence > expected { entry.missingBefore = message.sequence - expected }
                if message.sequence >= expected { expected = message.sequence.saturatingPlus(1) }
                let before = (fold.state.fields, fold.state.shape, fold.state.verified)
                if let stored = unsafe StoredMessage(in: message.stored.span.bytes, at: 0) {
                    fold.receive(stored, &trajectory)
                }
                switch entry.kind {
                case "node_start": open.append((entry.node, fold.state.fields))
                case "node_end", "node_error":
                    guard let at = open.firstIndex(where: { $0.node == entry.node }) else { break }
                    entry.changes = Self.changes(open.remove(at: at).fields, fold.state)
                    entry.isVerified = fold.state.verified
                case "graph_start", "state_diff", "checkpoint":
                    guard entry.kind != "graph_start" || trajectory.hasState else { break }
                    entry.changes = Self.changes(before.0, fold.state)
                    entry.isVerified = fold.state.verified
                default: break
                }
            }
            entries.append(entry)
        }
        guard fold.state.shape != .none else { return (entries, nil) }
        var text: [UInt8] = []
        fold.state.appendText(to: &text, exponents: nil)
        return (entries, String(decoding: text, as: UTF8.self))
    }

    /// Sequence of the first terminator behind the first start; `.max`: none.
    private var terminator: UInt64 {
        let start = kept.lazy.filter { $0.flags.contains(.graphStart) }.map(\.sequence).min()
        return kept.lazy.filter { $0.flags.contains(.terminator) && $0.sequence > start ?? 0 }.map(\.sequence).min()
            ?? .max
    }

    private var order: [Int] {
        let main = kept.indices.filter { !kept[$0].flags.contains(.auxiliary) }
            .sorted { (kept[$0].sequence, $0) < (kept[$1].sequence, $1) }
        var rest = kept.indices.filter { kept[$0].flags.contains(.auxiliary) }
            .sorted { (kept[$0].eventTime, $0) < (kept[$1].eventTime, $1) }[...]
        var order: [Int] = []
        for index in main {
            while let next = rest.first, kept[next].eventTime < kept[index].eventTime {
                order.append(next)
                rest.removeFirst()
            }
            order.append(index)
        }
        return order + rest
    }

    private static func entry(_ message: Kept, _ standing: TimelineEntry.Standing) -> TimelineEntry {
        var kind = "message"
        var node = ""
        var details: [(name: String, value: String)] = []
        if let stored = unsafe StoredMessage(in: message.stored.span.bytes, at: 0) {
            (kind, node, details) = MessageDetails.read(stored)
        }
        return TimelineEntry(
            position: message.position,
            index: message.index,
            messageID: message.id.hexadecimal,
            sequence: message.sequence,
            eventTime: message.eventTime,
            kind: kind,
            node: node,
            standing: standing,
            details: details
        )
    }

    /// What is new, different or gone; of a state that is no object, nothing but that it is set.
    private static func changes(_ before: [StateField], _ state: ThreadState) -> [TimelineEntry.Change] {
        func text(_ range: ByteRange) -> String {
            var bytes: [UInt8] = []
            bytes.append(state.arena, range)
            return String(decoding: bytes, as: UTF8.self)
        }
        var old: [String: String] = [:]
        for field in before { old[text(field.name)] = text(field.value) }
        var changes: [TimelineEntry.Change] = []
        for field in state.fields {
            let (name, after) = (text(field.name), text(field.value))
            let value = old.removeValue(forKey: name)
            if value != after { changes.append(.init(field: name, before: value, after: after)) }
        }
        if state.shape == .other { changes.append(.init(field: "", before: nil, after: text(state.other.value))) }
        changes += old.map { .init(field: $0.key, before: $0.value, after: nil) }
        return changes.sorted { $0.field.utf8.lexicographicallyPrecedes($1.field.utf8) }
    }
}
