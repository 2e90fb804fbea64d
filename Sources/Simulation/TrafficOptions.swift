/// How the simulated producers behave, and what they do wrong how often. Every share is from 0 to 1.
public struct TrafficOptions: Sendable, Hashable {
    /// Rollouts of a group.
    public var groupSize = 8
    /// Share of rollouts that fail.
    public var failures = 0.02
    /// Share of records that are written twice.
    public var duplicates = 0.02
    /// Share of records that are written some records too late; the processor puts them in order again.
    public var reordered = 0.01
    /// Share of rollouts that write one more message after their end.
    public var late = 0.01
    /// Share of records that nobody can read, beside the others.
    public var poison = 0.0
    /// Share of rollouts that name no example.
    public var unpaired = 0.0
    /// Share of rollouts that stop without an end.
    public var incomplete = 0.0
    /// Share of rollouts whose answer is asked for a second time in the middle of its stream.
    public var retries = 0.0
    /// Share of rollouts one of whose model calls fails.
    public var modelErrors = 0.0
    /// Share of rollouts whose answer is judged by two other models side by side.
    public var judges = 0.0
    /// The tenant.
    public var tenant = "demo"
    /// Part of every group and thread id, so that two runs have nothing in common; empty: none.
    public var run = ""
    /// Milliseconds within which the rollouts of a round begin.
    public var spread: Int64 = 20
    /// Microseconds from one step of a rollout to the next.
    public var step: ClosedRange<Int64> = 200...4000

    /// The defaults.
    public init() {}

    /// Rollouts of agents that write about so many records a second in rounds of so many rollouts, seconds apart from step
    /// to step as real ones are.
    public mutating func pace(rate: Int, rollouts: Int) {
        step = 20_000...400_000
        let records = Double(rollouts) * SimulatedRollout.typicalRecords * (1 + duplicates + poison)
        spread = max(20, Int64((records / Double(max(1, rate)) * 1000).rounded()))
    }
}
