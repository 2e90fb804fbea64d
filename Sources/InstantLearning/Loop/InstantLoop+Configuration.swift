extension InstantLoop {
    /// Which formulas a loop follows.
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// The outer product with both matrices trained, rewards compared across trajectories, bad input rejected.
        case corrected
        /// The original's arithmetic, faults included, to the last bit: for comparison only.
        case reference
    }

    /// What a loop is told; the defaults are what stands here.
    public struct Configuration: Sendable, Hashable {
        /// Numbers of an embedding, 1 to 1,048,576.
        public var dimension = 256
        /// Rank of the adapter, 1 to 16.
        public var rank = 1
        /// Step of an update; not negative.
        public var learningRate: Float = 0.001
        /// Trajectories that are kept for ``InstantLoop/drain()``, at least 1.
        public var bufferCapacity = 10_000
        /// Signals after which an update is applied, at least 1.
        public var flushThreshold = 100
        /// Quality below which nothing is learnt (default mode).
        public var qualityThreshold: Float = 0
        /// The formulas.
        public var mode = Mode.corrected
        /// What goes when the buffer is full.
        public var overflow = Overflow.dropNewest
        /// Whether trajectories that were learnt from are kept at all.
        public var keepsTrajectories = true
        /// Largest length (L2) of each of the two matrices; 0: no limit (default mode).
        public var maxNorm: Float = 0
        /// Share of what was learnt that every update forgets, 0 to 1: up towards zero, down towards where it began (default
        /// mode).
        public var decay: Float = 0
        /// How much of the running mean of rewards stays from one trajectory to the next, 0 to 1.
        public var baselineDecay: Float = 0.95
        /// Readers that may be in the middle of reading old weights while an update can still be published, 0 to 1024.
        public var readers = 14

        /// The defaults.
        public init() {}

        /// Everything that is wrong with it; empty where it can be worked with.
        public var problems: [String] {
            var problems: [String] = []
            func check(_ isGood: Bool, _ name: String, _ value: some CustomStringConvertible, _ wanted: String) {
                if !isGood { problems.append("\(name) is \(value): it must be \(wanted)") }
            }
            check((1...1 << 20).contains(dimension), "dimension", dimension, "from 1 to 1048576")
            check((1...16).contains(rank), "rank", rank, "from 1 to 16")
            check(learningRate >= 0 && learningRate.isFinite, "learningRate", learningRate, "a number, 0 or more")
            check(bufferCapacity >= 1, "bufferCapacity", bufferCapacity, "at least 1")
            check(flushThreshold >= 1, "flushThreshold", flushThreshold, "at least 1")
            check(qualityThreshold.isFinite, "qualityThreshold", qualityThreshold, "a number")
            check(maxNorm >= 0 && maxNorm.isFinite, "maxNorm", maxNorm, "0 (no limit) or more")
            check(decay >= 0 && decay <= 1, "decay", decay, "from 0 to 1")
            check(baselineDecay >= 0 && baselineDecay <= 1, "baselineDecay", baselineDecay, "from 0 to 1")
            check((0...1024).contains(readers), "readers", readers, "from 0 to 1024")
            return problems
        }
    }
}
