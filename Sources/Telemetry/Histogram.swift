/// Counts values by size. A value type: whoever owns it counts without a lock, and others get a copy.
public struct Histogram: Sendable, Hashable {
    /// Upper bounds, ascending; what is above the last one is counted behind it.
    public let bounds: [Double]
    /// How many values lie at or below each bound and above the one before; the last: above all.
    public private(set) var counts: [Int]
    /// The sum of all finite values.
    public private(set) var sum = 0.0

    /// - Parameter bounds: finite and ascending.
    public init(_ bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    /// How many values there were.
    public var count: Int { counts.reduce(0, &+) }

    /// Counts a value; one that is no number is left out.
    public mutating func observe(_ value: Double) {
        guard !value.isNaN else { return }
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low &+ high) / 2
            if value <= bounds[middle] { high = middle } else { low = middle &+ 1 }
        }
        counts[low] &+= 1
        if value.isFinite { sum += value }
    }

    /// Adds what was counted elsewhere, with the same bounds; what has others is left out.
    public mutating func add(_ other: Histogram) {
        guard other.bounds == bounds else { return }
        for (index, count) in other.counts.enumerated() { counts[index] &+= count }
        sum += other.sum
    }

    /// Bounds that grow by a factor, each rounded as it is.
    public static func growing(from first: Double, by factor: Double, count: Int) -> [Double] {
        var bounds = [first]
        while bounds.count < count { bounds.append(bounds[bounds.count - 1] * factor) }
        return bounds
    }
}
