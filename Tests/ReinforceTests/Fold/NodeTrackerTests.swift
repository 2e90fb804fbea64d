import JSON
import TestSupport
import Testing

@testable import Reinforce

/// Starts and ends of nodes are paired in the order they come, whatever the number of nodes.
@Suite struct NodeTrackerTests {
    @Test(arguments: [3, 400]) func startsAndEndsArePairedFirstInFirstOut(_ names: Int) throws {
        var random = SeededNumbers(seed: names)
        var state = ThreadState()
        let text = Array(#"{"a":1,"b":"x"}"#.utf8)
        unsafe state.start(text.span.bytes)
        var tracker = NodeTracker(maxBytes: 8 << 20)
        // the same by looking through a list
        var running: [(name: String, sequence: UInt64)] = []
        var visits: [String: Int] = [:]
        var expected: [(name: String, sequence: UInt64, visit: Int)] = []
        var seen = 0
        for sequence in 1..<UInt64(4000) {
            let name = "node \(random.below(names))"
            let node = Array(name.utf8)
            switch random.below(5) {
            case 0, 1:
                unsafe tracker.start(node.span.bytes, sequence: sequence, at: 0, &state)
                running.append((name, sequence))
                seen += 1
            case 2, 3:
                unsafe tracker.end(node.span.bytes, sequence: sequence, duration: 0, at: 0, state)
                guard let at = running.firstIndex(where: { $0.name == name }) else {
                    seen += 1
                    break
                }
                expected.append((name, running.remove(at: at).sequence, visits[name, default: 0]))
                visits[name, default: 0] += 1
            default:
                unsafe tracker.fail(node.span.bytes, state)
                if let at = running.firstIndex(where: { $0.name == name }) { running.remove(at: at) } else { seen += 1 }
            }
        }
        #expect(tracker.seen == seen)
        #expect(tracker.executions.map(\.startSequence) == expected.map(\.sequence))
        #expect(tracker.executions.map(\.visit) == expected.map(\.visit))
        let found = tracker.executions.map { execution in
            String(decoding: state.arena[Int(execution.node.start)..<execution.node.end], as: UTF8.self)
        }
        #expect(found == expected.map(\.name))
        // and after the texts have moved
        state.compact(&tracker)
        let moved = tracker.executions.map { execution in
            String(decoding: state.arena[Int(execution.node.start)..<execution.node.end], as: UTF8.self)
        }
        #expect(moved == found)
    }

    /// Nodes that never end keep their states; those that have ended do not.
    @Test func statesBeforeNodesAreLetGo() throws {
        var state = ThreadState()
        let object = JSONObject((0..<1000).map { (Text("key \($0 + 1000)"), JSONValue.integer(0)) })
        try unsafe state.set(JSONValue.object(object).canonicalBytes.span.bytes)
        state.verified = true
        let node = Array("n".utf8)
        var ended = NodeTracker(maxBytes: 1 << 30)
        for sequence in 1..<UInt64(3000) {
            unsafe ended.start(node.span.bytes, sequence: sequence, at: 0, &state)
            unsafe ended.end(node.span.bytes, sequence: sequence, duration: 0, at: 0, state)
        }
        #expect(!ended.isTooLarge)
        #expect(ended.executions.count == 2999)
        var running = NodeTracker(maxBytes: 1 << 30)
        for sequence in 1..<UInt64(3000) { unsafe running.start(node.span.bytes, sequence: sequence, at: 0, &state) }
        #expect(running.isTooLarge)
        #expect(running.seen == 2999)
    }
}
