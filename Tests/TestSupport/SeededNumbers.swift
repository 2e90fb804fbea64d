/// Numbers that are the same for the same seed (SplitMix64).
public struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    /// Begins at a seed.
    public init(seed: Int) { state = UInt64(bitPattern: Int64(seed)) &* 0x9E37_79B9_7F4A_7C15 }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z &>> 31)
    }

    /// True `percent` times of a hundred.
    public mutating func chance(_ percent: UInt64) -> Bool { next() % 100 < percent }

    /// A number below `count`.
    public mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

    /// One of several.
    public mutating func pick<T>(_ all: [T]) -> T { all[below(all.count)] }
}
