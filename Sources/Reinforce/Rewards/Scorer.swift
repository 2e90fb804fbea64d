import JSON

/// Scores finished threads against their examples.
struct Scorer {
    let configuration: RewardConfiguration
    /// What an earlier run found; such threads are not scored again.
    var earlier: [ThreadKey: EarlierScore] = [:]

    /// The reward of a paired thread, or why it has none.
    func score(_ trajectory: Trajectory, _ example: Example) -> (
        reward: Result<Double, Exclusion>, values: [RewardValue]
    ) {
        if let known = earlier[trajectory.key] { return score(trajectory, known) }
        return score(trajectory) { self.value(of: $0, trajectory, example) }
    }

    /// The reward of a paired thread from the values of its components.
    func score(_ trajectory: Trajectory, _ value: (RewardConfiguration.Component) -> Double?) -> (
        reward: Result<Double, Exclusion>, values: [RewardValue]
    ) {
        switch trajectory.outcome {
        case .failed: return (.success(configuration.failureScore), unscored)
        case .incomplete:
            guard configuration.timeouts == .failure else { return (.failure(Exclusion(.incomplete)), unscored) }
            return (.success(configuration.failureScore), unscored)
        case .completed: break
        }
        guard trajectory.hasState else { return (.failure(Exclusion(.noState)), unscored) }
        guard trajectory.stateVerified else { return (.failure(Exclusion(.stateUnverified)), unscored) }
        var total = 0.0
        var values: [RewardValue] = []
        var problem: ExclusionReason?
        for component in configuration.components {
            let value = value(component) ?? component.fallback
            values.append(
                RewardValue(
                    name: component.name,
                    weight: component.weight,
                    value: value,
                    status: value == nil ? .none : .ok
                )
            )
            guard let value else {
                if component.isRequired { problem = problem ?? .rewardMissing }
                continue
            }
            if !value.isFinite { problem = .rewardInvalid }
            if component.weight != 0 { total += component.weight * value }
        }
        if problem == nil, !total.isFinite { problem = .rewardInvalid }
        if let problem { return (.failure(Exclusion(problem)), values) }
        return (.success(total), values)
    }

    /// Every component without a value: the rollout was judged as a whole.
    private var unscored: [RewardValue] {
        configuration.components.map { RewardValue(name: $0.name, weight: $0.weight, value: nil, status: .none) }
    }

    private func value(of component: RewardConfiguration.Component, _ trajectory: Trajectory, _ example: Example)
        -> Double?
    {
        switch component.kind {
        case .exactMatch(let pointers): exactMatch(trajectory, example, pointers)
        case .traceAttribute(let name): trajectory.rewards.last { $0.name == name }?.value
        }
    }

    /// JSON equality by canonical text: 1 and 1.0 differ, the order of keys does not matter.
    private func exactMatch(_ trajectory: Trajectory, _ example: Example, _ pointers: [Text: JSONPointer]) -> Double? {
        guard !example.labels.isEmpty else { return nil }
        var equal = true
        for label in example.labels {
            let pointer = pointers.isEmpty ? nil : pointers[label.name]
            guard let isRight = trajectory.answers(label, at: pointer) else { return configuration.formatFailureScore }
            if !isRight { equal = false }
        }
        return equal ? 1 : 0
    }
}

/// Why a rollout's reward does not count.
struct Exclusion: Error, Hashable, Sendable {
    let reason: ExclusionReason

    init(_ reason: ExclusionReason) { self.reason = reason }
}

extension Trajectory {
    /// Whether a label's field in the final state has the label's canonical text; nil where it is missing or null.
    func answers(_ label: Example.Label, at pointer: JSONPointer?) -> Bool? {
        guard finalIsObject else { return nil }
        if let pointer {
            var text: [UInt8] = []
            append(object: finalFields, to: &text)
            guard let state = try? JSONValue(parsing: text), let value = pointer.evaluate(state), value != .null else {
                return nil
            }
            return value.canonicalBytes == label.value
        }
        let name = unsafe label.escaped.span.bytes
        for field in finalFields where arena.span(field.name).hasSameBytes(as: name) {
            let text = arena.span(field.value)
            if text.byteCount == 4, text.hasPrefix("null") { return nil }
            return unsafe text.hasSameBytes(as: label.value.span.bytes)
        }
        return nil
    }

    /// Writes fields as a canonical object.
    func append(object fields: some Sequence<SampleField>, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        var first = true
        for field in fields {
            bytes.append(first ? "\"" : ",\"")
            first = false
            bytes.append(arena, field.name)
            bytes.append("\":")
            bytes.append(arena, field.value)
        }
        bytes.append(UInt8(ascii: "}"))
    }
}
