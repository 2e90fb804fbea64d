/// Stretches of time, both ends included, and which one alone holds a time.
struct TimeSpans {
    /// As they are, where they are few enough to be looked through.
    private var few: [(number: Int, start: Int64, end: Int64)] = []
    /// Starts and ends in order, each with the sum of the numbers of those up to it: of one that is open its number is the
    /// difference of both sums.
    private var starts: [(time: Int64, sum: Int)] = []
    private var ends: [(time: Int64, sum: Int)] = []

    /// - Parameter spans: with their numbers; one that ends before it starts holds nothing.
    init(_ spans: [(number: Int, start: Int64, end: Int64)]) {
        guard spans.count > Self.few else {
            few = spans
            return
        }
        let whole = spans.filter { $0.start <= $0.end }
        starts = Self.summed(whole.map { ($0.start, $0.number) })
        ends = Self.summed(whole.map { ($0.end, $0.number) })
    }

    /// More than so many are put in order first.
    private static var few: Int { 8 }

    private static func summed(_ places: [(time: Int64, number: Int)]) -> [(time: Int64, sum: Int)] {
        var sum = 0
        return places.sorted { $0.time < $1.time }.map { place in
            sum &+= place.number
            return (place.time, sum)
        }
    }

    /// The number of the only one that holds `time`; nil: none does, or several do.
    func only(at time: Int64) -> Int? {
        guard few.isEmpty else { return onlyOfFew(at: time) }
        let begun = Self.count(starts) { $0 <= time }
        let over = Self.count(ends) { $0 < time }
        guard begun - over == 1 else { return nil }
        return starts[begun - 1].sum &- (over == 0 ? 0 : ends[over - 1].sum)
    }

    private func onlyOfFew(at time: Int64) -> Int? {
        var found: Int?
        for span in few where span.start <= time && time <= span.end {
            guard found == nil else { return nil }
            found = span.number
        }
        return found
    }

    private static func count(_ places: [(time: Int64, sum: Int)], _ isBefore: (Int64) -> Bool) -> Int {
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(places[middle].time) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
