internal import Telemetry

/// How long commits took.
struct CommitHistory: Sendable {
    /// The latest ones: when (milliseconds since 1970) and how long (milliseconds).
    private(set) var latest: [(at: Int64, milliseconds: Int64)] = []
    /// All of them, in seconds.
    private(set) var durations = Histogram([0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10])

    mutating func add(_ milliseconds: Int64, at now: Int64) {
        durations.observe(Double(milliseconds) / 1000)
        latest.append((now, milliseconds))
        if latest.count > 40 { latest.removeFirst(latest.count - 20) }
    }
}
