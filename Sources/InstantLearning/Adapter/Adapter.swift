/// A micro-LoRA adapter: out += B·A·x/√rank, A = down, B = up transposed.
public struct Adapter: Sendable, Hashable {
    /// Numbers of an embedding.
    public let dimension: Int
    /// Rows of each matrix.
    public let rank: Int
    /// [rank][dimension], row after row.
    public let down: [Float]
    /// [rank][dimension], row after row.
    public let up: [Float]
    /// Updates it has had.
    public var updates: Int
    /// Signals that those were made of.
    public var signals: Int
    /// The running mean of rewards when it was last updated; nil before the first trajectory.
    public var baseline: Float?

    /// 1/√rank.
    public var scale: Float { 1 / Float(rank).squareRoot() }

    /// One that has learnt nothing: down has fixed small numbers, up is zero.
    init(initialOfDimension dimension: Int, rank: Int) {
        self.init(
            dimension: dimension,
            rank: rank,
            down: Self.initialDown(dimension: dimension, rank: rank),
            up: [Float](repeating: 0, count: rank * dimension),
            updates: 0,
            signals: 0,
            baseline: nil
        )
    }

    /// The lengths fit: the caller has seen to it.
    init(
        dimension: Int,
        rank: Int,
        down: [Float],
        up: [Float],
        updates: Int,
        signals: Int,
        baseline: Float?
    ) {
        self.dimension = dimension
        self.rank = rank
        self.down = down
        self.up = up
        self.updates = updates
        self.signals = signals
        self.baseline = baseline
    }

    /// Where down begins: ((i·0.618034) mod 1 − 0.5)·0.02, spread evenly and the same everywhere.
    static func initialDown(dimension: Int, rank: Int) -> [Float] {
        (0..<rank * dimension).map { index in
            let fraction = (Float(index) * 0.618034).truncatingRemainder(dividingBy: 1)
            return (fraction - 0.5) * 0.02
        }
    }

    /// Where its down began.
    var initialDown: [Float] { Self.initialDown(dimension: dimension, rank: rank) }

    /// Down, then up.
    func write(to weights: UnsafeMutablePointer<Float>) {
        for index in 0..<rank * dimension {
            unsafe weights[index] = down[index]
            unsafe weights[rank * dimension + index] = up[index]
        }
    }
}
