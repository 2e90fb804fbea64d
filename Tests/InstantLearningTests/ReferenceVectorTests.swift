import Testing

@testable import InstantLearning

@Suite struct PlaceholderTests {
    @Test func loopIsMade() throws { #expect(try InstantLoop().pendingCount == 0) }
}
