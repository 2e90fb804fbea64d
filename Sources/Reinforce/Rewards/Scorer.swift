import JSON

/// Scores finished threads against their examples.
struct Scorer {
    let configuration: RewardConfiguration
    /// What an earlier run found; such threads are not scored again.
    var earlier: [ThreadKey: EarlierScore] = [:]

    /// The reward of a paired thread, or why it has none.
    ///
    /// - Parameter answers: what was said from outside the trace, by component.
    func score(_ trajectory: Trajectory, _ example: Example, _ answers: [Text: RewardAnswer] = [:]) -> (
        reward: Result<Double, Exclusion>, values: [RewardValue]
    ) {
        if let known = earlier[trajectory.key] { return score(trajectory, known, answers) }
        return score(trajectory) { self.value(of: $0, trajectory, example, answers) }
    }

    /// Whether a thread is scored by its components at all; else nobody outside needs to be asked about it.
    func isScoredByComponents(_ trajectory: Trajectory) -> Bool {
        trajectory.outcome == .completed && trajectory.hasState && trajectory.stateVerified
            && trajectory.tooLarge == 0 && earlier[trajectory.key] == nil
    }

    /// What the source of a component gives.
    enum Given {
        case value(Double)
        case nothing
        /// Something that cannot be a reward.
        case unusable
        /// It could not be computed.
        case failed
        /// Somebody outside the trace was asked.
        case said(RewardAnswer)
    }

    /// The reward of a paired thread from the values of its components.
    func score(_ trajectory: Trajectory, _ given: (RewardConfiguration.Component) -> Given) -> (
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
            if component.isOfGroup {
                // its group says it once it has closed
                values.append(
                    RewardValue(name: component.name, weight: component.weight, value: nil, status: .none)
                )
                continue
            }
            let value: Double?
            var status = RewardValue.Status.ok
            var isUnusable = false
            var source: RewardSaying?
            switch given(component) {
            case .value(let number): value = number
            case .nothing:
                value = component.fallback
                if value == nil { status = .none }
            case .failed: (value, status) = (component.fallback, .error)
            case .unusable: (value, status, isUnusable) = (nil, .error, true)
            case .said(let answer):
                (value, status) = (answer.value ?? component.fallback, answer.status)
                source = RewardSaying(answer)
            }
            values.append(
                RewardValue(
                    name: component.name,
                    weight: component.weight,
                    value: value,
                    status: status,
                    source: source
                )
            )
            guard let value else {
                if isUnusable {
                    problem = .rewardInvalid
                } else if component.isRequired {
                    problem = problem ?? .rewardMissing
                }
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

    private func value(
        of component: RewardConfiguration.Component,
        _ trajectory: Trajectory,
        _ example: Example,
        _ answers: [Text: RewardAnswer]
    ) -> Given {
        switch component.kind {
        case .exactMatch(let pointers): return exactMatch(trajectory, example, pointers).map { .value($0) } ?? .nothing
        case .traceAttribute(let name):
            guard let last = trajectory.rewards.last(where: { $0.name == name }) else { return .nothing }
            return last.value.map { .value($0) } ?? .unusable
        case .function(let function):
            switch function.base.reward(of: RewardInput(trajectory, example)) {
            case .value(let number): return .value(number)
            case .none: return .nothing
            case .noAnswer: return .value(configuration.formatFailureScore)
            case .error: return .failed
            }
        case .outside: return answers[component.name].map { .said($0) } ?? .nothing
        }
    }

    /// JSON equality (``Example/Label/equals(_:)``): 1 and 1.0 differ, the order of keys does not matter.
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

extension RewardConfiguration.Component {
    /// Its source is told the whole group at once.
    fileprivate var isOfGroup: Bool {
        if case .outside(let source) = kind { source.isOfGroup } else { false }
    }
}

/// Why a rollout's reward does not count.
struct Exclusion: Error, Hashable, Sendable {
    let reason: ExclusionReason

    init(_ reason: ExclusionReason) { self.reason = reason }
}

extension Trajectory {
    /// Whether a label's field in the final state equals the label; nil where it is missing or null.
    func answers(_ label: Example.Label, at pointer: JSONPointer?) -> Bool? {
        guard finalIsObject else { return nil }
        if let pointer {
            var text: [UInt8] = []
            append(object: finalFields, to: &text)
            guard let state = try? JSONValue(parsing: text), let value = pointer.evaluate(state), value != .null else {
                return nil
            }
            let answer = value.exactBytes
            return unsafe label.equals(answer.span.bytes)
        }
        let name = unsafe label.escaped.span.bytes
        for field in finalFields where arena.span(field.name).hasSameBytes(as: name) {
            let text = arena.span(field.value)
            if text.byteCount == 4, text.hasPrefix("null") { return nil }
            return label.equals(text)
        }
        return nil
    }

    /// Writes fields as a canonical object.
    func append(object fields: some Sequence<SampleField>, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        var isFirst = true
        for field in fields {
            bytes.append(field: arena.span(field.name), arena.span(field.value), isFirst: isFirst)
            isFirst = false
        }
        bytes.append(UInt8(ascii: "}"))
    }
}
