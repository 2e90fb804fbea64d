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

    /// When the consumer is told to go back.
    private func asks(_ flow: inout PartitionFlow, _ times: [Int64]) -> [Int64] {
        var found: [Int64] = []
        for now in times where flow.mustGoBack(at: now) { found.append(now) }
        return found
    }

    /// Put back once more when they come: they are asked for once more.
    @Test func whatIsPutBackAgainIsAskedForAgain() {
        var flow = PartitionFlow(position: 10)
        flow.putBack(to: 19)
        #expect(asks(&flow, [0]) == [0])
        #expect(ahead(&flow, [10]) == [])
        flow.putBack(to: 15)
        #expect(asks(&flow, [1]) == [1])
        #expect(ahead(&flow, [16, 10]) == [16])
    }

    @Test func whatWasPutBackIsTakenBeforeWhatComesBehindIt() {
        var flow = PartitionFlow(position: 10)
        flow.putBack(to: 19)
        #expect(flow.isGoingBack)
        // on their way already when the consumer was told to go back
        #expect(ahead(&flow, [12, 20]) == [12, 20])
        #expect(asks(&flow, [100, 101, 10_100, 10_101, 10_102]) == [100, 10_101])
        #expect(ahead(&flow, [25, 10, 11, 25]) == [25])
        #expect(!flow.isGoingBack)
    }

    /// Offsets have gaps, and the first records may be gone.
    @Test func anyOfThemEndsTheWait() {
        var flow = PartitionFlow(position: 10)
        flow.putBack(to: 19)
        #expect(asks(&flow, [0]) == [0])
        #expect(ahead(&flow, [19]) == [])
    }

    @Test func whatWasTakenIsNotPutBack() {
        var flow = PartitionFlow(position: 20)
        flow.putBack(to: 19)
        #expect(!flow.isGoingBack && asks(&flow, [0]) == [])
    }
}
