internal import DashStream

/// The range of an axis, with round ends and marks where its numbers allow them. Of any finite numbers, however large,
/// small, or close to each other.
struct PlotScale {
    let low: Double
    let high: Double
    let ticks: [Double]

    init(_ least: Double, _ most: Double) {
        let magnitude = max(abs(least), abs(most))
        // one value alone: the axis goes on to 0, or is one wide
        let isWide = most > least
        let span = isWide ? most - least : 1
        // closer than its numbers can tell, or beyond what can be multiplied: the ends as they are
        guard span >= 1e-290, span <= 1e290, span >= magnitude * 1e-9 else {
            low = isWide ? least : min(0, least)
            high = isWide ? most : max(0, most)
            ticks = [low, high]
            return
        }
        let raw = span / 5
        var power = 1.0
        while power > raw { power /= 10 }
        while power * 10 <= raw { power *= 10 }
        let step = power * (raw / power > 5 ? 10 : raw / power > 2 ? 5 : raw / power > 1 ? 2 : 1)
        let first = (least / step).rounded(.down)
        let last = max(first + 1, (most / step).rounded(.up))
        // a product may be rounded to the wrong side of what it must hold
        low = min(least, first * step)
        high = max(most, last * step)
        let base = low
        ticks = (0...max(0, min(20, Int(saturating: last - first)))).map { base + Double($0) * step }
    }

    /// 0 at the low end, 1 at the high one.
    func share(_ value: Double) -> Double {
        let range = high - low
        // the range of the largest numbers does not fit into one
        let share = range.isFinite ? (value - low) / range : (value / 2 - low / 2) / (high / 2 - low / 2)
        return max(0, min(1, share))
    }
}
