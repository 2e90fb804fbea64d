internal import DashStream
internal import JSON
internal import Reinforce

/// One run of a simulated agent, written as its framework would: two nodes, diffs with hashes, chats with
/// tokens, a tool.
struct SimulatedRollout {
    let tenant: String
    let thread: String
    let task: SimulatedTask
    let group: String
    let slot: Int
    let groupSize: Int
    let policyVersion: Int
    let answer: Int
    let logprob: Double
    /// It ends with an error instead of an answer.
    let fails: Bool
    /// It names its example.
    var isPaired = true
    /// It writes its end.
    var hasEnd = true
    /// It writes one more message after its end.
    var writesOn = false
    /// Microseconds from one step to the next.
    var step: ClosedRange<Int64> = 200...4000

    /// Records of a rollout that neither fails nor writes on.
    static let typicalRecords = 18.0
    /// What goes wrong with its model calls.
    var faults = SimulatedChat.Faults()

    /// Its messages in order, each with the microseconds since its start.
    func messages(startedAt start: Int64, _ random: inout SeededRandom) -> [OutgoingMessage] {
        var out: [OutgoingMessage] = []
        var time = start
        var sequence: UInt64 = 0
        func header(main: Bool = true) -> OutgoingHeader {
            time += Int64.random(in: step, using: &random)
            if main { sequence += 1 }
            var id: [UInt8] = []
            for word in [random.next(), random.next()] {
                for shift in stride(from: UInt64(0), to: 64, by: 8) {
                    id.append(UInt8(truncatingIfNeeded: word >> shift))
                }
            }
            return OutgoingHeader(
                messageID: id,
                timestampMicroseconds: time,
                tenantID: tenant,
                threadID: thread,
                sequence: main ? sequence : 1
            )
        }
        var state = JSONObject([("question", .string(Text(task.question))), ("steps", .integer(0))])
        func diff(_ changes: [(Text, JSONValue, Int32)]) -> OutgoingMessage {
            for (key, value, _) in changes { state[key] = value }
            let operations = changes.map { key, value, op in
                OutgoingMessage.Operation(op: op, path: "/\(key.string)", value: value.canonicalBytes)
            }
            let hash = sha256(JSONValue.object(state).canonicalBytes)
            return .stateDiff(header(), operations: operations, hash: hash)
        }
        out.append(.event(header(), type: 1, attributes: startAttributes(state)))
        let chat = SimulatedChat(thread: thread, task: task, policyVersion: policyVersion, faults: faults)
        out.append(.event(header(), type: 10, node: "plan"))
        out += chat.plan { header(main: $0) }
        out.append(
            diff([("plan", .array(["calculate", "answer"].map { .string($0) }), 0), ("steps", .integer(1), 2)])
        )
        out.append(.event(header(), type: 11, node: "plan", duration: 2000))
        out.append(.event(header(), type: 20, node: "plan"))
        out.append(.event(header(), type: 10, node: "answer"))
        guard !fails else {
            out.append(
                .event(header(), type: 12, node: "answer", attributes: [("error", .string("the tool timed out"))])
            )
            if hasEnd {
                out.append(.event(header(), type: 3, attributes: [("error", .string("node answer failed"))]))
            }
            return out
        }
        let text = task.candidates[answer]
        let tool = {
            OutgoingMessage.toolExecution(
                header(main: false),
                call: "\(thread)-c",
                tool: "calculator",
                stage: 3,
                duration: 900
            )
        }
        out += chat.answer(text, logprob: logprob, tool: tool) { header(main: $0) }
        out.append(diff([("answer", .string(Text(text)), 0), ("steps", .integer(2), 2)]))
        out.append(.event(header(), type: 11, node: "answer", duration: 5000))
        out += chat.judge(text) { header(main: $0) }
        guard hasEnd else { return out }
        out.append(.event(header(), type: 2, duration: time - start))
        if writesOn {
            // long after its end, so that it is not taken for a record that came out of order
            time += step.upperBound * 8
            out.append(.event(header(), type: 20, node: "answer"))
        }
        return out
    }

    private func startAttributes(_ state: JSONObject) -> [(String, OutgoingAttribute)] {
        let own: [(String, OutgoingAttribute)] = [
            ("initial_state_json", .string(JSONValue.object(state).canonicalText)),
            ("graph_name", .string("arithmetic")),
        ]
        guard isPaired else { return own }
        return own + [
            ("example_id", .string(task.id)), ("group_id", .string(group)), ("rollout_index", .integer(Int64(slot))),
            ("group_size", .integer(Int64(groupSize))), ("policy_version", .integer(Int64(policyVersion))),
        ]
    }
}
