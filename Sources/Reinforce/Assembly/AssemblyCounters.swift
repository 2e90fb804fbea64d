/// What assembly has counted. Every message ends in one of these or in a thread.
public struct AssemblyCounters: Hashable, Sendable {
    /// Messages whose id their thread already had.
    public var duplicates = 0
    /// Main-lane messages that came after their thread had been closed.
    public var lateAfterClose = 0
    /// Auxiliary messages that came after their thread had been closed.
    public var auxiliaryAfterClose = 0
    /// Threads of auxiliary messages only: they have no fate.
    public var auxiliaryOnly = 0
    /// Messages that travelled under another thread's record key.
    public var foreignKey = 0
    /// Records whose timestamp could not be believed.
    public var clampedTimestamps = 0

    /// All zero.
    public init() {}

    /// Adds another partition's counts.
    public mutating func add(_ other: AssemblyCounters) {
        duplicates += other.duplicates
        lateAfterClose += other.lateAfterClose
        auxiliaryAfterClose += other.auxiliaryAfterClose
        auxiliaryOnly += other.auxiliaryOnly
        foreignKey += other.foreignKey
        clampedTimestamps += other.clampedTimestamps
    }
}
