import DashStream

/// Pairs NODE_START with NODE_END, first in first out for each node, and notes what changed between them.
struct NodeTracker {
    private struct Running {
        let node: ByteRange
        let sequence: UInt64
        let startedAt: Int64
        let isObject: Bool
        let verified: Bool
        let fields: [StateField]
    }

    private var running: [Running] = []
    /// Executions of which anything was seen: a start, or an end without one.
    private(set) var seen = 0
    private(set) var executions: [NodeExecution] = []
    private(set) var fields: [SampleField] = []
    private var visits: [ByteRange: Int] = [:]

    mutating func removeAll() {
        running.removeAll(keepingCapacity: true)
        seen = 0
        executions.removeAll(keepingCapacity: true)
        fields.removeAll(keepingCapacity: true)
        visits.removeAll(keepingCapacity: true)
    }

    /// Notes which generation belongs to an execution.
    mutating func setGeneration(_ generation: Int, of node: Int) { executions[node].generation = generation }

    /// NODE_START: remembers the state before the node.
    mutating func start(_ node: RawSpan, sequence: UInt64, at time: Int64, _ state: inout ThreadState) {
        let name = intern(node, &state)
        seen += 1
        running.append(
            Running(
                node: name,
                sequence: sequence,
                startedAt: time,
                isObject: state.shape == .object,
                verified: state.verified,
                fields: state.fields
            )
        )
    }

    /// NODE_END: closes the oldest running execution of the node; one that never started says nothing.
    mutating func end(_ node: RawSpan, sequence: UInt64, duration: Int64, at time: Int64, _ state: ThreadState) {
        guard let at = running.firstIndex(where: { state.arena.span($0.node).hasSameBytes(as: node) }) else {
            seen += 1
            return
        }
        let before = running.remove(at: at)
        let isObject = before.isObject && state.shape == .object
        let inputs = append(before.fields)
        let (outputs, removed) = isObject ? difference(before.fields, state) : (.empty, .empty)
        let visit = visits[before.node, default: 0]
        visits[before.node] = visit + 1
        executions.append(
            NodeExecution(
                node: before.node,
                startSequence: before.sequence,
                endSequence: sequence,
                duration: duration,
                startedAt: before.startedAt,
                endedAt: time,
                visit: visit,
                isSample: isObject && before.verified && state.verified,
                inputs: inputs,
                outputs: outputs,
                removed: removed
            )
        )
    }

    /// NODE_ERROR: the oldest running execution of the node is over and gives nothing.
    mutating func fail(_ node: RawSpan, _ state: ThreadState) {
        guard let at = running.firstIndex(where: { state.arena.span($0.node).hasSameBytes(as: node) }) else {
            seen += 1
            return
        }
        running.remove(at: at)
    }

    private mutating func append(_ fields: [StateField]) -> ByteRange {
        let start = self.fields.count
        for field in fields { self.fields.append(SampleField(name: field.name, value: field.value)) }
        return ByteRange(start, self.fields.count)
    }

    /// Both sides are in key order: one walk finds what is new or different, and what is gone.
    private mutating func difference(_ before: [StateField], _ state: ThreadState) -> (ByteRange, ByteRange) {
        var changed: [StateField] = []
        var gone: [StateField] = []
        var i = 0
        for field in state.fields {
            let key = state.arena.span(field.key)
            while i < before.count, compareBytes(state.arena.span(before[i].key), key) < 0 {
                gone.append(before[i])
                i += 1
            }
            if i < before.count, compareBytes(state.arena.span(before[i].key), key) == 0 {
                let old = before[i].value
                i += 1
                if old == field.value || state.arena.span(old).hasSameBytes(as: state.arena.span(field.value)) {
                    continue
                }
            }
            changed.append(field)
        }
        gone.append(contentsOf: before[i...])
        return (append(changed), append(gone))
    }

    /// The node's name in the arena, the same range for the same name.
    private mutating func intern(_ node: RawSpan, _ state: inout ThreadState) -> ByteRange {
        for known in visits.keys where state.arena.span(known).hasSameBytes(as: node) { return known }
        let start = state.arena.count
        state.arena.append(node)
        let name = ByteRange(start, state.arena.count)
        visits[name] = 0
        return name
    }
}
