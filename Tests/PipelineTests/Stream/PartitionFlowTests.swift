import Testing

@testable import Pipeline

/// Records that were not taken come a second time, and nothing behind them is taken before.
@Suite struct PartitionFlowTests {
    /// Which of these records are not taken, as they come.
    private func ahead(_ flow: inout PartitionFlow, _ offsets: [Int64]) -> [Int64] {
        var found: [Int64] = []
        for offset in offsets where flow.isAhead(offset) { found.append(offset) }
        return found
    }

    @Test func whatWasPutBackIsTakenBeforeWhatComesBehindIt() {
        var flow = PartitionFlow(position: 10)
        flow.putBack(to: 19)
        #expect(flow.mustGoBack && flow.isGoingBack)
        // on their way already when the consumer was told to go back
        #expect(ahead(&flow, [12, 20]) == [12, 20])
        flow.goesBack()
        #expect(ahead(&flow, [25, 10, 11, 25]) == [25])
        #expect(!flow.isGoingBack)
    }

    /// Offsets have gaps, and the first records may be gone.
    @Test func anyOfThemEndsTheWait() {
        var flow = PartitionFlow(position: 10)
        flow.putBack(to: 19)
        flow.goesBack()
        #expect(ahead(&flow, [19]) == [])
    }

    @Test func whatWasTakenIsNotPutBack() {
        var flow = PartitionFlow(position: 20)
        flow.putBack(to: 19)
        #expect(!flow.isGoingBack && !flow.mustGoBack)
    }
}
