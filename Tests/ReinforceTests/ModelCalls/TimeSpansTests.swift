import TestSupport
import Testing

@testable import Reinforce

@Suite struct TimeSpansTests {
    /// Against looking at every span.
    @Test func theOnlySpanThatHoldsATimeIsFound() {
        var random = SeededNumbers(seed: 5)
        for _ in 0..<200 {
            let spans = (0..<random.below(20)).map { number in
                (number: number, start: Int64(random.below(20)), end: Int64(random.below(20)))
            }
            let index = TimeSpans(spans)
            for time in Int64(-1)...20 {
                let holding = spans.filter { $0.start <= time && time <= $0.end }
                #expect(index.only(at: time) == (holding.count == 1 ? holding.first?.number : nil))
            }
        }
    }
}
