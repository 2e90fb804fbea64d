import InstantLearning
import JSON
import TestSupport

/// Numbers that follow from a seed (SplitMix64), from −1 to 1.
struct Numbers {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> Float {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        return Float(z >> 40) / Float(1 << 23) - 1
    }

    mutating func vector(_ count: Int) -> [Float] { (0..<count).map { _ in next() } }

    /// A trajectory with rewards from 0 to 1.
    mutating func trajectory(_ id: UInt64 = 0, dimension: Int, steps: Int = 4, quality: Float = 0.9) -> QueryTrajectory
    {
        QueryTrajectory(
            id: id,
            queryEmbedding: vector(dimension),
            steps: (0..<steps).map { .init(activations: vector(dimension), reward: (next() + 1) / 2, index: $0) },
            finalQuality: quality
        )
    }
}

extension InstantLoop {
    /// A loop whose configuration is the default but for what `change` says.
    convenience init(_ change: (inout Configuration) -> Void) throws {
        var configuration = Configuration()
        change(&configuration)
        try self.init(configuration)
    }
}

/// Σ aᵢ·bᵢ in double precision.
func dot(_ a: [Float], _ b: [Float]) -> Double { zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) } }

extension JSONValue {
    var floats: [Float] { list.map { Float($0.number ?? .nan) } }
    /// Bits of float32 numbers in hexadecimal.
    var bits: [UInt32] { list.map { UInt32($0.text ?? "", radix: 16) ?? 0xDEAD_BEEF } }
    subscript(name: String) -> JSONValue { self[Text(name)] ?? .null }
}

extension [Float] {
    /// None of them is NaN or infinite.
    var areFinite: Bool { allSatisfy { $0.isFinite } }
}
