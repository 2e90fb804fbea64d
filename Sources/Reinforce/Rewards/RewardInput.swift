internal import DashStream
public import JSON

/// A finished rollout with its example, as a reward function sees it.
public struct RewardInput: Sendable {
    let trajectory: Trajectory
    /// The example it was paired with.
    public let example: Example

    init(_ trajectory: Trajectory, _ example: Example) {
        self.trajectory = trajectory
        self.example = example
    }

    /// Microseconds from GRAPH_START to the event that ended the thread; nil without a GRAPH_START.
    public var duration: Int64? {
        guard trajectory.hasStart else { return nil }
        return max(0, trajectory.endedAt.saturatingMinus(trajectory.startedAt))
    }
    /// Executions of nodes that came to their end.
    public var nodeCount: Int { trajectory.nodes.count }
    /// Requests to models of which an LLM event speaks.
    public var callCount: Int { trajectory.calls.count(where: \.isCall) }
    /// Tools that were run.
    public var toolCalls: Int { trajectory.toolCalls }
    /// Tools that failed, of ``toolCalls``.
    public var toolFailures: Int { trajectory.toolFailures }
    /// Tokens of each completion that trains, in order; empty where none are known.
    public var completionTokens: [Int] { trajectory.completionTokens }

    /// The final state's value at a place; nil where there is none, or the state is no object.
    public func finalState(_ pointer: JSONPointer?) -> JSONValue? {
        guard trajectory.finalIsObject else { return nil }
        return value(trajectory.finalFields, at: pointer)
    }

    /// What the last execution of a node wrote, at a place; nil where it never ran to its end.
    public func output(of node: Text, _ pointer: JSONPointer?) -> JSONValue? {
        let named = trajectory.nodes.last { execution in
            execution.isSample
                && node.withBytes { trajectory.arena.span(execution.node).hasSameBytes(as: $0) }
        }
        guard let named else { return nil }
        return value(SampleText(trajectory: trajectory).fields(named.outputs), at: pointer)
    }

    /// The text of the last completion of a model; where there is none, what the last sample changed, as text.
    public var completion: Text? {
        guard let bytes = trajectory.completion else { return nil }
        switch try? JSONValue(parsing: bytes) {
        case .string(let text)?: return text
        case .array(let parts)?:
            let texts = parts.compactMap { part -> String? in
                if case .string(let text)? = part["text"] { text.string } else { nil }
            }
            return Text(texts.joined())
        default: return nil
        }
    }

    /// Only the field that the pointer begins with is read.
    private func value(_ fields: some Sequence<SampleField>, at pointer: JSONPointer?) -> JSONValue? {
        guard let pointer, let first = pointer.tokens.first else {
            var bytes: [UInt8] = []
            trajectory.append(object: fields, to: &bytes)
            return try? JSONValue(parsing: bytes)
        }
        var name: [UInt8] = []
        first.withBytes { appendEscaped($0, to: &name) }
        for field in fields {
            guard unsafe trajectory.arena.span(field.name).hasSameBytes(as: name.span.bytes) else { continue }
            guard let value = try? JSONValue(parsing: trajectory.arena.span(field.value)) else { return nil }
            return pointer.evaluate(.object(JSONObject([(first, value)])))
        }
        return nil
    }
}

extension Trajectory {
    /// The last completion of a call, else what the last sample's node changed, as text: JSON; nil: there is neither.
    var completion: [UInt8]? {
        var bytes: [UInt8] = []
        if let message = calls.last(where: { $0.completion != nil })?.completion {
            bytes.append(content: CallMessageText(message: message, arena: arena))
        } else if let node = nodes.last(where: \.isSample) {
            bytes.append(UInt8(ascii: "\""))
            SampleText(trajectory: self).appendCompletion(node, to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        } else {
            return nil
        }
        return bytes
    }

    /// Tokens of each completion that a loss counts, where an engine told them: those of its calls, where it has any that
    /// train, else of its samples.
    var completionTokens: [Int] {
        let trained = calls.lazy.filter(\.isTrainable)
        if !trained.isEmpty { return trained.map(\.responseTokens).filter { $0 > 0 } }
        return nodes.compactMap { sample in
            guard sample.isSample, calls.indices.contains(sample.request) else { return nil }
            let request = calls[sample.request]
            let count = max(request.tokenIDs.count, Int(clamping: request.outputTokens ?? 0))
            return count > 0 ? count : nil
        }
    }
}
