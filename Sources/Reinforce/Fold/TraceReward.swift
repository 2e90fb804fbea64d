import DashStream
import JSON

/// A reward that the trace itself carries as `rl.reward.<name>`.
struct TraceReward: Sendable, Hashable {
    let name: Text
    /// Nil: it is there, and is neither a float nor an integer.
    let value: Double?
}

extension [TraceReward] {
    /// The finite ones that an event carries: of each name the last, in the order of the names.
    init(ownOf event: borrowing EventView) {
        self = []
        event.forEachAttribute { name, value in
            guard name.byteCount > 10, name.hasPrefix("rl.reward."), let number = value.finite,
                let label = Text(utf8: name.extracting(10..<name.byteCount))
            else { return }
            removeAll { $0.name == label }
            append(TraceReward(name: label, value: number))
        }
        sort { $0.name < $1.name }
    }

    /// Their sum by the weights of the components of the same names, 1 without one; nil: there are none.
    func total(_ components: [RewardValue]) -> Double? {
        guard !isEmpty else { return nil }
        return reduce(0) { sum, reward in
            sum + (components.first { $0.name == reward.name }?.weight ?? 1) * (reward.value ?? 0)
        }
    }
}
