import TestSupport
import Testing

@testable import Pipeline
@testable import Terminal
@testable import Verification

private let tiny = Double.leastNonzeroMagnitude

/// The axes of plots: of any two numbers.
@Suite struct PlotScaleTests {
    @Test func usualNumbersGetRoundEnds() {
        let scale = PlotScale(0.1, 0.9)
        #expect(scale.low == 0)
        #expect(scale.high == 1)
        #expect(scale.ticks.count == 6)
        #expect(scale.share(0.5) == 0.5)
    }

    /// The step of an axis from 0 to 5e-324 was 0: no page was ever made.
    @Test(arguments: [
        (0, tiny), (tiny, tiny), (-tiny, 1e308), (-Double.greatestFiniteMagnitude, .greatestFiniteMagnitude),
        (1e17, 1e17 + 16), (1, 1.0000000000000002), (-1e308, -1e308), (0, 0), (1e-300, 1e300),
    ])
    func extremeNumbersGetSomeAxis(_ least: Double, _ most: Double) { check(least, most) }

    @Test func anyNumbersGetSomeAxis() {
        var numbers = SeededNumbers(seed: 7)
        for _ in 0..<20_000 {
            let a = Double(bitPattern: numbers.next())
            let b = numbers.chance(30) ? a.nextUp : Double(bitPattern: numbers.next())
            guard a.isFinite, b.isFinite else { continue }
            check(min(a, b), max(a, b))
        }
    }

    private func check(_ least: Double, _ most: Double) {
        let scale = PlotScale(least, most)
        #expect((2...21).contains(scale.ticks.count), "\(least) \(most)")
        #expect(scale.low <= least && scale.high >= most, "\(least) \(most)")
        for value in [least, most] + scale.ticks {
            #expect((0...1).contains(scale.share(value)), "\(value) of \(least) \(most)")
        }
    }

    @Test func smallNumbersAreNotZero() {
        #expect(shortNumber(tiny) == "4.9e-324" || shortNumber(tiny) == "5e-324")
        #expect(shortNumber(-1.25e-9) == "-1.3e-9" || shortNumber(-1.25e-9) == "-1.2e-9")
        #expect(shortNumber(0) == "0")
        #expect(shortNumber(-0.0) == "0")
        #expect(shortNumber(0.25) == "0.25")
        #expect(shortNumber(.nan) == "nan")
    }
}
