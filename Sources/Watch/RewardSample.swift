/// Rewards of a stretch of time in bounded memory: all of them up to a number, then every second, every fourth and so on.
struct RewardSample: Sendable {
    static let limit = 256
    private var values: [Double] = []
    private var stride = 1
    private var skipped = 0
    private(set) var count = 0
    private(set) var sum = 0.0

    mutating func add(_ value: Double) {
        guard value.isFinite else { return }
        count &+= 1
        sum += value
        skipped += 1
        guard skipped >= stride else { return }
        skipped = 0
        values.append(value)
        guard values.count == Self.limit else { return }
        values = values.indices.filter { $0 % 2 == 1 }.map { values[$0] }
        stride *= 2
    }

    var mean: Double? { count > 0 ? sum / Double(count) : nil }

    /// What a share of them lies at or below; nil: there are none.
    func quantile(_ share: Double) -> Double? {
        guard !values.isEmpty else { return nil }
        let place = Int((Double(values.count - 1) * share).rounded())
        return values.sorted()[max(0, min(values.count - 1, place))]
    }
}
