public import JSON

/// A part of the reward that nobody can compute from the trace: somebody is asked for it, or it is waited for.
public struct OutsideSource: Sendable, Hashable {
    /// What an asker is told of a rollout.
    public enum Part: String, Sendable, Hashable, CaseIterable {
        /// The training example, whole.
        case example
        /// The fields of the example that are no inputs, as an object.
        case label
        /// How the thread ended.
        case outcome
        /// Its model calls.
        case calls
        /// Its node executions.
        case samples
        /// The last text that the policy wrote.
        case completion
        /// The state at its end.
        case finalState = "final_state"
        /// The values of the components before this one.
        case rewards
    }

    /// What is told where nothing else is asked for.
    public static var usual: Set<Part> { [.example, .outcome, .calls, .samples, .finalState, .rewards] }

    /// Who gives the value: stands beside each of them.
    public var evaluator: Text
    /// Which version of it; another one is another opinion.
    public var version: Int64
    /// False: nobody is asked, its values are waited for.
    public var isAsked: Bool
    /// It is told the whole group at once.
    public var isOfGroup: Bool
    /// What it is told.
    public var send: Set<Part>

    /// A source.
    public init(
        evaluator: Text,
        version: Int64 = 1,
        isAsked: Bool = true,
        isOfGroup: Bool = false,
        send: Set<Part> = OutsideSource.usual
    ) {
        self.evaluator = evaluator
        self.version = version
        self.isAsked = isAsked
        self.isOfGroup = isOfGroup
        self.send = send
    }
}

extension RewardConfiguration {
    /// The components of a rollout alone whose values come from outside the trace.
    var outside: [(component: Component, source: OutsideSource)] {
        components.compactMap { component in
            guard case .outside(let source) = component.kind, !source.isOfGroup else { return nil }
            return (component, source)
        }
    }

    /// The components whose source is told the whole group at once.
    public var ranks: [(component: Component, source: OutsideSource)] {
        components.compactMap { component in
            guard case .outside(let source) = component.kind, source.isOfGroup else { return nil }
            return (component, source)
        }
    }
}
