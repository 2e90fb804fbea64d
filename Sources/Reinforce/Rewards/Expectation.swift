public import JSON

/// What an answer is compared with, and where the answer stands.
public struct Expectation: Sendable, Hashable {
    /// Where the answer stands. In a final state without a pointer each label has a place of its own.
    public var place: RewardPlace
    /// Labels to their places in the final state; others stand under their own names.
    public var fields: [Text: JSONPointer]
    /// The only label that counts; nil: all.
    public var label: Text?
    /// Stands in place of labels.
    public var value: JSONValue?

    /// What is expected where.
    public init(
        _ place: RewardPlace = RewardPlace(),
        fields: [Text: JSONPointer] = [:],
        label: Text? = nil,
        value: JSONValue? = nil
    ) {
        self.place = place
        self.fields = fields
        self.label = label
        self.value = value
    }

    /// It needs an example with labels.
    var needsLabels: Bool { value == nil }

    /// The least value over everything that is expected.
    ///
    /// - Parameter compare: what is expected, what was found.
    func least(_ rollout: RewardInput, _ compare: (JSONValue, JSONValue) -> RewardOutcome) -> RewardOutcome {
        if let value {
            guard let found = place.value(in: rollout) else { return .noAnswer }
            return compare(value, found)
        }
        let labels = rollout.example.labels.filter { label == nil || $0.name == label }
        if labels.isEmpty {
            return label.map { .error("the example has no label `\($0)`") } ?? .none
        }
        var least = Double.infinity
        for label in labels {
            guard let expected = try? JSONValue(parsing: label.value) else { return .none }
            guard let found = self.place(of: label.name).value(in: rollout) else { return .noAnswer }
            switch compare(expected, found) {
            case .value(let value): least = min(least, value)
            case let other: return other
            }
        }
        return .value(least)
    }

    private func place(of label: Text) -> RewardPlace {
        guard place.source == .finalState, place.pointer == nil else { return place }
        return RewardPlace(.finalState, fields[label] ?? JSONPointer(field: label))
    }
}
