/// The size of a rollout's samples and calls as they will be written, counted without writing them: each field of a sample stands
/// once in its text and once in its structured half, and around them stands what every sample has.
struct SampleSize: Hashable, Sendable {
    private(set) var bytes = 0

    /// What stands around the fields of a sample, and around a field.
    private static var perSample: Int { 512 }
    private static var perField: Int { 8 }
    /// A token's id, its log probability and its place in the mask.
    private static var perToken: Int { 32 }

    /// Adds a node's execution; only a sample takes room.
    mutating func add(_ node: NodeExecution, _ fields: [SampleField]) {
        guard node.isSample else { return }
        bytes += Self.perSample + Int(node.node.count)
        for range in [node.inputs, node.outputs] {
            for field in fields[Int(range.start)..<range.end] {
                bytes += 2 * (Int(field.name.count) + Int(field.value.count)) + Self.perField
            }
        }
    }

    /// Adds a call: its chat is written whole, also what the call before has held already.
    mutating func add(_ call: ModelCall, chat: [ChatPlace]?, of calls: [ModelCall]) {
        bytes += Self.perSample + Self.perToken * (call.promptTokenIDs.count + call.tokenIDs.count)
        bytes += Int(call.tools?.count ?? 0)
        for place in chat ?? [] { add(calls[place]) }
        if let completion = call.completion { add(completion) }
    }

    private mutating func add(_ message: CallMessage) {
        bytes += 64 + message.textBytes
    }
}

extension Trajectory {
    /// The size of its samples.
    var sampleSize: SampleSize {
        var size = SampleSize()
        for node in nodes { size.add(node, fields) }
        var chats = ChatMemory()
        for (index, call) in calls.enumerated() { size.add(call, chat: chats.unfold(index, call), of: calls) }
        return size
    }
}
