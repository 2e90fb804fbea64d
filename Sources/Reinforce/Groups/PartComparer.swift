import DashStream
import JSON

/// Finds which calls and samples of a group are compared with each other. What it finds comes in the order of the members
/// and of their parts, so that no sum depends on anything else.
struct PartComparer {
    /// Where a part stands: parts of one place are compared with each other.
    private enum Place: Hashable {
        case node([UInt8]?, visit: Int?)
        case state([UInt8])
        /// Nothing is known that it could be compared with.
        case alone(Int)
    }

    private let credit: Credit
    private let outcome: Text?
    private let sha = SHA256()

    /// - Parameters:
    ///   - credit: what parts are told apart by.
    ///   - outcome: the component that decides whether a group has a signal.
    init(_ credit: Credit, outcome: Text?) {
        self.credit = credit
        self.outcome = outcome
    }

    /// The comparisons of the members that vote; none with ``Credit/rollout``.
    func compare(_ members: [DecidedGroup.Member]) -> [PartComparison] {
        guard credit != .rollout else { return [] }
        return PartComparison.Kind.allCases.flatMap { kind in
            var found: [PartComparison] = []
            var places: [Place: Int] = [:]
            for (number, member) in members.enumerated() where member.votes {
                for (index, place) in self.places(of: member.rollout.trajectory, kind, number) {
                    let at = places[place] ?? found.count
                    if at == found.count {
                        found.append(PartComparison(kind))
                        places[place] = at
                    }
                    found[at].append(PartComparison.Part(member: number, index: index))
                }
            }
            for at in found.indices { found[at].members = kernelMembers(found[at], members) }
            return found
        }
    }

    private func places(of trajectory: Trajectory, _ kind: PartComparison.Kind, _ member: Int) -> [(Int, Place)] {
        let nodes = trajectory.nodes.indices.filter { trajectory.nodes[$0].isSample }
        switch kind {
        case .samples: return nodes.map { ($0, place(trajectory, trajectory.nodes[$0])) }
        case .calls:
            let calls = trajectory.calls.indices.filter { trajectory.calls[$0].isTrainable }
            guard credit == .state else {
                return calls.map { index in
                    let call = trajectory.calls[index]
                    return (index, .node(call.node.map { Array($0.utf8) }, visit: call.visit))
                }
            }
            var states: [Place: Place] = [:]
            if !calls.isEmpty {
                for node in nodes.lazy.map({ trajectory.nodes[$0] }) {
                    states[named(trajectory, node)] = place(trajectory, node)
                }
            }
            return calls.map { index in
                let call = trajectory.calls[index]
                let own = Place.node(call.node.map { Array($0.utf8) }, visit: call.visit)
                // a call outside of every verified execution has no state
                return (index, states[own] ?? .alone(member << 32 | index))
            }
        }
    }

    private func named(_ trajectory: Trajectory, _ node: NodeExecution) -> Place {
        .node(Array(trajectory.arena[Int(node.node.start)..<node.node.end]), visit: node.visit)
    }

    private func place(_ trajectory: Trajectory, _ node: NodeExecution) -> Place {
        guard credit == .state else { return named(trajectory, node) }
        var state: [UInt8] = []
        trajectory.append(object: SampleText(trajectory: trajectory).fields(node.inputs), to: &state)
        return .state(sha.hash(state))
    }

    /// A part votes with its own reward; where no part of the comparison has one, each votes with its rollout's.
    private func kernelMembers(_ comparison: PartComparison, _ members: [DecidedGroup.Member]) -> [KernelMember] {
        let facts = comparison.parts.map { PartFacts($0, comparison.kind, members[$0.member].rollout) }
        let haveTokens = facts.allSatisfy { $0.tokens > 0 }
        let names = Set(facts.flatMap { $0.rewards.map(\.name) }).sorted()
        return zip(comparison.parts, facts).map { part, facts in
            let rollout = members[part.member].rollout
            let length = Double(haveTokens ? facts.tokens : facts.bytes)
            guard !names.isEmpty else {
                return KernelMember(
                    reward: rollout.reward,
                    length: length,
                    outcome: outcome.flatMap { name in rollout.rewards.first { $0.name == name }?.value },
                    components: rollout.rewards.map { KernelMember.Component(value: $0.value, weight: $0.weight) }
                )
            }
            return KernelMember(
                reward: facts.rewards.total(rollout.rewards),
                length: length,
                components: names.map { name in
                    KernelMember.Component(
                        value: facts.rewards.first { $0.name == name }?.value,
                        weight: rollout.rewards.first { $0.name == name }?.weight ?? 1
                    )
                }
            )
        }
    }
}

/// What is known of one call or sample.
private struct PartFacts {
    let rewards: [TraceReward]
    /// Tokens that a loss counts; 0: nobody told them.
    let tokens: Int
    /// Bytes of what was written: the length where a trace has no tokens.
    let bytes: Int

    init(_ part: PartComparison.Part, _ kind: PartComparison.Kind, _ rollout: Rollout) {
        let trajectory = rollout.trajectory
        switch kind {
        case .calls:
            let call = trajectory.calls[part.index]
            rewards = call.rewards
            tokens = call.responseTokens
            bytes = Int(call.completion?.content.count ?? 0)
        case .samples:
            let node = trajectory.nodes[part.index]
            rewards = node.rewards
            tokens = trajectory.calls.indices.contains(node.request) ? trajectory.calls[node.request].responseTokens : 0
            bytes = rollout.bytes(of: node)
        }
    }
}
