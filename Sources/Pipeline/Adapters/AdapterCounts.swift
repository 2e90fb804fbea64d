/// What the instant-learning loop beside the stream has counted.
public struct AdapterCounts: Sendable, Hashable {
    /// Trajectories that were taken.
    public internal(set) var taken = 0
    /// Trajectories whose signal was accumulated.
    public internal(set) var accumulated = 0
    /// Trajectories from which nothing was learnt, by reason.
    public internal(set) var rejected: [String: Int] = [:]
    /// Trajectories that were dropped because too many waited.
    public internal(set) var dropped = 0
    /// Trajectories that wait to be learnt.
    public internal(set) var waiting = 0
    /// Trajectories that were not taken: their group had been learnt before.
    public internal(set) var repeated = 0
    /// Adapters that were handed out.
    public internal(set) var published = 0

    /// Why a trajectory is rejected that is for one adapter more than there may be.
    public static let tooManyAdapters = "too_many_adapters"

    /// Everything that was taken has one fate.
    public var isBalanced: Bool { taken == accumulated + rejected.values.reduce(0, +) + dropped + waiting }
}
