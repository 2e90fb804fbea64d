public import JSON

/// What somebody outside the trace is asked about a rollout, or a whole group.
public struct RewardQuestion: Sendable, Hashable {
    /// What it is about.
    public enum Subject: Sendable, Hashable {
        /// One rollout.
        case rollout(ThreadKey)
        /// A group, and the threads of it that values are asked for.
        case group(GroupKey, threads: [Text])
    }

    /// What it is about.
    public let subject: Subject
    /// The component whose value is asked for.
    public let component: Text
    /// Whom: stands beside the answer.
    public let source: OutsideSource
    /// What is told: a JSON object.
    public let body: [UInt8]
}

extension Rollout {
    /// Whether anybody outside has to be asked about it: else it was judged as a whole.
    public var isScoredByComponents: Bool {
        trajectory.outcome == .completed && trajectory.hasState && trajectory.stateVerified && exclusion != .tooLarge
    }

    /// What a source is asked about this rollout.
    ///
    /// - Parameters:
    ///   - component: the component.
    ///   - source: what it is told.
    ///   - example: the example the rollout was paired with.
    public func question(_ component: Text, _ source: OutsideSource, _ example: Example) -> RewardQuestion {
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("tenant_id", key.tenant.string)
            writer.field("thread_id", key.thread.string)
            writer.field("group_id", pairing.groupID.string)
            source.write(example, asking: component, to: &writer)
            write(source.send, before: component, to: &writer)
        }
        return RewardQuestion(subject: .rollout(key), component: component, source: source, body: writer.bytes)
    }

    /// What is told of the rollout itself, as members of an object.
    func write(_ parts: Set<OutsideSource.Part>, before component: Text, to writer: inout JSONWriter) {
        for part in OutsideSource.Part.allCases where parts.contains(part) && !part.isOfExample {
            writer.key(part.rawValue)
            switch part {
            case .example, .label: break
            case .outcome: writer.string(outcome.rawValue)
            case .calls: writer.raw(callsJSON)
            case .samples: write(samplesTo: &writer)
            case .completion: if let text = trajectory.completion { writer.raw(text) } else { writer.null() }
            case .finalState: write(finalStateTo: &writer)
            case .rewards: write(rewardsBefore: component, to: &writer)
            }
        }
    }

    private func write(samplesTo writer: inout JSONWriter) {
        let text = SampleText(trajectory: trajectory)
        let arena = trajectory.arena
        func literal(_ body: (inout [UInt8]) -> Void) -> [UInt8] {
            var bytes: [UInt8] = [UInt8(ascii: "\"")]
            body(&bytes)
            bytes.append(UInt8(ascii: "\""))
            return bytes
        }
        func literal(_ range: ByteRange) -> [UInt8] {
            literal { appendEscaped(arena.span(range), to: &$0) }
        }
        writer.beginArray()
        for node in samples {
            writer.beginObject()
            writer.key("node_id")
            writer.raw(literal(node.node))
            writer.key("visit")
            writer.integer(Int64(node.visit))
            writer.key("prompt")
            writer.beginArray()
            writer.beginObject()
            writer.key("role")
            writer.string("user")
            writer.key("content")
            writer.raw(literal { text.appendPrompt(node, to: &$0) })
            writer.endObject()
            writer.endArray()
            writer.key("completion")
            writer.raw(literal { text.appendCompletion(node, to: &$0) })
            for (name, range) in [("inputs", node.inputs), ("outputs", node.outputs)] {
                var bytes: [UInt8] = []
                trajectory.append(object: text.fields(range), to: &bytes)
                writer.key(name)
                writer.raw(bytes)
            }
            writer.endObject()
        }
        writer.endArray()
    }

    private func write(finalStateTo writer: inout JSONWriter) {
        guard trajectory.finalIsObject else { return writer.null() }
        var bytes: [UInt8] = []
        trajectory.append(object: trajectory.finalFields, to: &bytes)
        writer.raw(bytes)
    }

    private func write(rewardsBefore component: Text, to writer: inout JSONWriter) {
        writer.beginObject()
        for value in rewards where value.name != component {
            writer.key(value.name.string)
            if let number = value.value { writer.double(number) } else { writer.null() }
        }
        writer.endObject()
    }
}

extension OutsideSource.Part {
    /// It is the same for every rollout of an example.
    fileprivate var isOfExample: Bool { self == .example || self == .label }
}

extension OutsideSource {
    /// What is asked for and what is told of the example, as members of an object.
    func write(_ example: Example, asking component: Text, to writer: inout JSONWriter) {
        writer.field("example_id", example.id.string)
        writer.field("component", component.string)
        if send.contains(.example) {
            writer.key("example")
            writer.raw(example.canonical)
        }
        guard send.contains(.label) else { return }
        writer.object("label") { writer in
            for label in example.labels {
                writer.key(label.name.string)
                writer.raw(label.value)
            }
        }
    }
}
