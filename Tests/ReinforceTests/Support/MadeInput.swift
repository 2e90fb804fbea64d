import JSON

@testable import Reinforce

/// A finished rollout as a reward function sees it, made without a trace.
struct MadeInput {
    var trajectory = Trajectory(
        key: ThreadKey(tenant: "t", thread: "a"),
        outcome: .completed,
        source: SourceRange(partition: 0, firstOffset: 0, lastOffset: 1),
        entry: OpenEntry(first: RestorePlan.First(offset: 0, index: 0))
    )

    init() {
        trajectory.hasStart = true
        trajectory.hasState = true
        trajectory.stateVerified = true
        trajectory.finalIsObject = true
    }

    private mutating func range(_ text: String) -> ByteRange {
        let start = trajectory.arena.count
        trajectory.arena += Array(text.utf8)
        return ByteRange(start, trajectory.arena.count)
    }

    private mutating func fields(_ state: [(name: String, json: String)]) -> [SampleField] {
        state.map { SampleField(name: range($0.name), value: range($0.json)) }
    }

    /// The final state's fields, in key order.
    mutating func end(_ state: (name: String, json: String)...) { trajectory.finalFields = fields(state) }

    /// An execution of a node and what it wrote.
    mutating func run(_ node: String, _ outputs: (name: String, json: String)...) {
        let name = range(node)
        let first = trajectory.fields.count
        trajectory.fields += fields(outputs)
        trajectory.nodes.append(
            NodeExecution(
                node: name,
                startSequence: 1,
                endSequence: 2,
                duration: 0,
                startedAt: 0,
                endedAt: 0,
                visit: 0,
                isSample: true,
                inputs: .empty,
                outputs: ByteRange(first, trajectory.fields.count),
                removed: .empty
            )
        )
    }

    /// A call of the policy that wrote a text of so many tokens.
    mutating func call(_ completion: String, tokens: Int64? = nil) {
        var message = CallMessage()
        message.kind = .text
        let literal = JSONValue.string(Text(completion)).exactText
        message.content = range(String(literal.dropFirst().dropLast()))
        var call = ModelCall()
        call.prompt = []
        call.completion = message
        call.outputTokens = tokens
        trajectory.calls.append(call)
    }

    /// What a function gives for it, beside an example with these data and the input key `q`.
    func reward(_ function: some RewardFunction, _ data: String = #"{"q":1,"answer":"a"}"#) throws -> RewardOutcome {
        let text = #"{"example_id":"e","input_keys":["q"],"data":"# + data + "}"
        return function.reward(of: RewardInput(trajectory, try Example(JSONValue(parsing: text))))
    }
}
