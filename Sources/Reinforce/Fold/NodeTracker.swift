import DashStream
import JSON

/// Pairs NODE_START with NODE_END, first in first out for each node, and notes what changed between them.
///
/// What that gives is counted while it grows: a state may be far larger than what changes it, and a rollout whose samples
/// come to more than ``maxBytes`` is given up before they fill the memory.
struct NodeTracker {
    private struct Running {
        let sequence: UInt64
        let startedAt: Int64
        let isObject: Bool
        let verified: Bool
        /// The state's fields, a range of ``snapshots``.
        var fields: Range<Int>
        /// The next one of the same node; −1: none.
        var next = -1
    }

    /// Bytes that the samples of a rollout may come to, as ``SampleSize`` counts them.
    let maxBytes: Int
    private var names: NodeNames
    private var running: [Running] = []
    /// Executions of which anything was seen: a start, or an end without one.
    private(set) var seen = 0
    private(set) var executions: [NodeExecution] = []
    private(set) var fields: [SampleField] = []
    /// Bytes of the samples so far.
    private(set) var size = SampleSize()
    /// The samples were more than they may be: none is kept, and nodes are counted only.
    private(set) var isTooLarge = false
    /// States before nodes, one behind the other.
    private var snapshots: [StateField] = []
    private var gone: [StateField] = []

    /// Fields of states before nodes that are held at most; beyond it those of nodes that have ended are let go, and if
    /// half of it is needed all the same the rollout is too large.
    static var maxSnapshots: Int { 1 << 20 }

    init(maxBytes: Int, seed: UInt64 = 0) {
        self.maxBytes = maxBytes
        names = NodeNames(seed: seed)
    }

    mutating func removeAll() {
        seen = 0
        size = SampleSize()
        isTooLarge = false
        executions.removeAll(keepingCapacity: true)
        fields.removeAll(keepingCapacity: fields.capacity < 1 << 16)
        running.removeAll(keepingCapacity: true)
        snapshots.removeAll(keepingCapacity: snapshots.capacity < 1 << 16)
        names.removeAll()
    }

    /// Notes which request to a model belongs to an execution.
    mutating func setRequest(_ request: Int, of node: Int) { executions[node].request = request }

    /// Counts the latest of some calls, and the chat before it.
    mutating func add(_ calls: [ModelCall], chat: [ChatPlace]?) {
        guard let call = calls.last else { return }
        size.add(call, chat: chat, of: calls)
        giveUpIfTooLarge()
    }

    /// NODE_START: remembers the state before the node.
    mutating func start(_ node: RawSpan, sequence: UInt64, at time: Int64, _ state: inout ThreadState) {
        let name = names.intern(node, &state)
        seen += 1
        let before = snapshots.count
        // what is unverified now makes no sample
        if !isTooLarge, state.verified { snapshots.append(contentsOf: state.fields) }
        running.append(
            Running(
                sequence: sequence,
                startedAt: time,
                isObject: state.shape == .object,
                verified: state.verified,
                fields: before..<snapshots.count
            )
        )
        let last = names.append(running.count - 1, to: name)
        if last >= 0 { running[last].next = running.count - 1 }
        if snapshots.count > Self.maxSnapshots { forgetSnapshots() }
    }

    /// NODE_END: closes the oldest running execution of the node; one that never started says nothing.
    mutating func end(
        _ node: RawSpan,
        sequence: UInt64,
        duration: Int64,
        at time: Int64,
        rewards: [TraceReward] = [],
        _ state: ThreadState
    ) {
        guard let (name, at) = take(node, state) else {
            seen += 1
            return
        }
        let before = running[at]
        let visit = names.visit(name)
        guard !isTooLarge else { return }
        let isObject = before.isObject && state.shape == .object
        let isSample = isObject && before.verified && state.verified
        // what makes no sample is given to nobody
        let inputs = isSample ? append(snapshots, before.fields) : .empty
        let (outputs, removed) = isSample ? difference(before.fields, state) : (.empty, .empty)
        executions.append(
            NodeExecution(
                node: names[name],
                startSequence: before.sequence,
                endSequence: sequence,
                duration: duration,
                startedAt: before.startedAt,
                endedAt: time,
                visit: visit,
                isSample: isSample,
                inputs: inputs,
                outputs: outputs,
                removed: removed,
                rewards: isSample ? rewards : []
            )
        )
        if let last = executions.last { size.add(last, fields) }
        giveUpIfTooLarge()
    }

    /// NODE_ERROR: the oldest running execution of the node is over and gives nothing.
    mutating func fail(_ node: RawSpan, _ state: ThreadState) { if take(node, state) == nil { seen += 1 } }

    /// Takes the oldest running execution of a node out: its name and its index.
    private mutating func take(_ node: RawSpan, _ state: ThreadState) -> (name: Int, index: Int)? {
        guard let name = names.find(node, state.arena), let at = names.first(of: name) else { return nil }
        names.removeFirst(of: name, next: running[at].next)
        return (name, at)
    }

    private mutating func giveUpIfTooLarge() {
        if !isTooLarge, size.bytes > maxBytes { giveUp() }
    }

    private mutating func giveUp() {
        isTooLarge = true
        executions = []
        fields = []
        snapshots = []
    }

    /// Lets states before nodes go that nobody will ask for.
    private mutating func forgetSnapshots() {
        let old = snapshots
        snapshots = []
        names.forEachFirst { first in
            var at = first
            while at >= 0 {
                let start = snapshots.count
                snapshots.append(contentsOf: old[running[at].fields])
                running[at].fields = start..<snapshots.count
                at = running[at].next
            }
        }
        if snapshots.count > Self.maxSnapshots / 2 { giveUp() }
    }

    private mutating func append(_ fields: [StateField], _ range: Range<Int>) -> ByteRange {
        let start = self.fields.count
        for index in range { self.fields.append(SampleField(name: fields[index].name, value: fields[index].value)) }
        return ByteRange(start, self.fields.count)
    }

    /// Both sides are in key order: one walk finds what is new or different, and what is gone.
    private mutating func difference(_ before: Range<Int>, _ state: ThreadState) -> (ByteRange, ByteRange) {
        let start = fields.count
        gone.removeAll(keepingCapacity: true)
        let text = unsafe state.arena.span.bytes
        var i = before.lowerBound
        for field in state.fields {
            let key = text.span(field.key)
            var isSame = false
            while i < before.upperBound {
                let order = compareBytes(text.span(snapshots[i].key), key)
                if order > 0 { break }
                i += 1
                if order < 0 {
                    gone.append(snapshots[i - 1])
                    continue
                }
                let old = snapshots[i - 1].value
                isSame = old == field.value || text.span(old).hasSameBytes(as: text.span(field.value))
                break
            }
            if !isSame { fields.append(SampleField(name: field.name, value: field.value)) }
        }
        gone.append(contentsOf: snapshots[i..<before.upperBound])
        let end = fields.count
        return (ByteRange(start, end), append(gone, gone.indices))
    }

    /// Moves everything that refers to an arena into another one.
    mutating func move(_ moved: inout ArenaMove) {
        names.move(&moved)
        for index in executions.indices { executions[index].node = moved.range(executions[index].node) }
        for index in fields.indices {
            fields[index] = SampleField(name: moved.range(fields[index].name), value: moved.range(fields[index].value))
        }
        for index in snapshots.indices { snapshots[index] = moved.field(snapshots[index]) }
    }
}
