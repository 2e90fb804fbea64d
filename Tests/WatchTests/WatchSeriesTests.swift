import Testing

@testable import Watch

@Suite struct WatchSeriesTests {
    private func totals(_ records: Int) -> WatchTotals {
        var totals = WatchTotals()
        totals.records = records
        totals.lag = records
        return totals
    }

    @Test func aPointHoldsWhatCameInItsTime() {
        var series = WatchSeries(step: 10_000, capacity: 5)
        series.note(totals(100), at: 20_000)
        series.note(totals(130), at: 29_000)
        series.note(totals(150), at: 31_000)
        let points = series.points(at: 35_000)
        #expect(points.map(\.time) == [20_000, 30_000])
        #expect(points.map(\.counted.records) == [30, 20])
        #expect(points.map(\.length) == [10_000, 5000])
        #expect(points.last?.counted.lag == 150)
    }

    @Test func aDayAtAnySpeedStaysBounded() {
        var book = WatchBook()
        for second in 0..<86_400 { book.note(totals(second * 1000), at: Int64(second) * 1000) }
        #expect(book.hour.points(at: 86_400_000).count <= 361)
        #expect(book.day.points(at: 86_400_000).count <= 289)
    }

    @Test func aClockThatIsSetBackLosesNothing() {
        var series = WatchSeries(step: 10_000, capacity: 5)
        series.note(totals(0), at: 50_000)
        series.note(totals(7), at: 20_000)
        series.note(totals(9), at: 60_000)
        #expect(series.points(at: 60_000).map(\.counted.records) == [7, 2])
    }

    @Test func rewardsOfAnyNumberGiveTheirQuantilesInBoundedMemory() {
        var sample = RewardSample()
        for number in 0..<100_000 { sample.add(Double(number % 100)) }
        #expect(sample.mean == 49.5)
        #expect(abs((sample.quantile(0.1) ?? 0) - 10) <= 6)
        #expect(abs((sample.quantile(0.9) ?? 0) - 90) <= 6)
        sample.add(.nan)
        #expect(sample.count == 100_000)
        #expect(RewardSample().quantile(0.5) == nil)
    }
}
