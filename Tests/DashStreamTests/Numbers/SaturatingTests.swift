import DashStream
import TestSupport
import Testing

/// Sums of any two numbers, against sums in twice as many bits.
@Suite struct SaturatingTests {
    private static let ends: [Int64] = [.min, .min + 1, -1, 0, 1, .max - 1, .max]

    private func clamped(_ wide: Int128) -> Int64 { Int64(clamping: wide) }

    @Test func whatDoesNotFitStaysAtTheNearestNumber() {
        var numbers = SeededNumbers(seed: 1)
        var pairs = Self.ends.flatMap { a in Self.ends.map { (a, $0) } }
        for _ in 0..<20_000 {
            let shift = numbers.next() % 64
            pairs.append((Int64(bitPattern: numbers.next()) >> shift, Int64(bitPattern: numbers.next())))
        }
        for (a, b) in pairs {
            #expect(a.saturatingPlus(b) == clamped(Int128(a) + Int128(b)))
            #expect(a.saturatingMinus(b) == clamped(Int128(a) - Int128(b)))
            #expect(a.saturatingTimes(b) == clamped(Int128(a) * Int128(b)))
        }
        #expect(UInt64.max.saturatingPlus(1) == .max)
        #expect(UInt64(3).saturatingMinus(4) == 0)
    }

    @Test func everyDoubleBecomesANumber() {
        #expect(Int(saturating: .nan) == 0)
        #expect(Int(saturating: .infinity) == .max)
        #expect(Int(saturating: -.infinity) == .min)
        #expect(Int(saturating: 1e300) == .max)
        #expect(Int(saturating: 9_223_372_036_854_775_808.0) == .max)
        #expect(Int(saturating: -9_223_372_036_854_775_808.0) == .min)
        #expect(Int(saturating: -1.9) == -1)
        #expect(UInt8(saturating: 255.5) == 255)
        #expect(UInt8(saturating: -1) == 0)
    }
}
