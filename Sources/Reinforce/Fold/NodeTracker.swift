import DashStream
import JSON

/// Pairs NODE_START with NODE_END, first in first out for each node, and notes what changed between them.
struct NodeTracker {
    private struct Running {
        let node: ByteRange
        let sequence: UInt64
        let startedAt: Int64
        let isObject: Bool
        let verified: Bool
        /// The state's fields, a range of ``snapshots``.
        let fields: Range<Int>
    }

    private var running: [Running] = []
    /// Executions of which anything was seen: a start, or an end without one.
    private(set) var seen = 0
    private(set) var executions: [NodeExecution] = []
    private(set) var fields: [SampleField] = []
    /// States before nodes, one behind the other.
    private var snapshots: [StateField] = []
    private var gone: [StateField] = []
    /// The nodes by name, and how often each came to its end.
    private var visits: [(node: ByteRange, count: Int)] = []

    mutating func removeAll() {
        seen = 0
        executions.removeAll(keepingCapacity: true)
        fields.removeAll(keepingCapacity: true)
        running.removeAll(keepingCapacity: true)
        snapshots.removeAll(keepingCapacity: true)
        visits.removeAll(keepingCapacity: true)
    }

    /// Notes which request to a model belongs to an execution.
    mutating func setRequest(_ request: Int, of node: Int) { executions[node].request = request }

    /// NODE_START: remembers the state before the node.
    mutating func start(_ node: RawSpan, sequence: UInt64, at time: Int64, _ state: inout ThreadState) {
        let name = intern(node, &state)
        seen += 1
        let before = snapshots.count
        snapshots.append(contentsOf: state.fields)
        running.append(
            Running(
                node: name,
                sequence: sequence,
                startedAt: time,
                isObject: state.shape == .object,
                verified: state.verified,
                fields: before..<snapshots.count
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
        let inputs = append(snapshots, before.fields)
        let (outputs, removed) = isObject ? difference(before.fields, state) : (.empty, .empty)
        var visit = 0
        if let known = visits.firstIndex(where: { $0.node == before.node }) {
            visit = visits[known].count
            visits[known].count += 1
        }
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

    /// The node's name in the arena, the same range for the same name.
    private mutating func intern(_ node: RawSpan, _ state: inout ThreadState) -> ByteRange {
        for known in visits where state.arena.span(known.node).hasSameBytes(as: node) { return known.node }
        let start = state.arena.count
        state.arena.append(node)
        let name = ByteRange(start, state.arena.count)
        visits.append((name, 0))
        return name
    }
}
