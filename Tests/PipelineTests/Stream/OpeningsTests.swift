import Kafka
import Testing

@testable import Pipeline

/// Partitions that are ours are asked for until somebody works on them.
@Suite struct OpeningsTests {
    private let a = TopicPartition("t", 0)
    private let b = TopicPartition("t", 1)

    private func due(_ openings: inout Openings, _ now: Int64, besides known: Set<TopicPartition> = [])
        -> [TopicPartition]
    { openings.due(at: now, besides: known).keys.sorted() }

    private func mustTell(_ openings: inout Openings, _ now: Int64) -> Bool { openings.answered(failed: true, at: now) }

    @Test func whatCannotBeReadIsAskedForAgain() {
        var openings = Openings()
        openings.add([a, b], at: 100)
        #expect(due(&openings, 100) == [a, b])
        #expect(due(&openings, 100) == [])
        #expect(mustTell(&openings, 8100))
        #expect(due(&openings, 8599) == [])
        #expect(due(&openings, 8600) == [a, b])
        #expect(openings.places == [a, b])
    }

    /// Each try begins with a client of its own, which on a busy machine takes its time.
    @Test func everyTryThatFailedGivesTheNextOneMoreTime() {
        var openings = Openings()
        openings.add([a], at: 0)
        var times: [Int32] = []
        for attempt in 1...4 {
            times.append(openings.answerTime)
            _ = openings.due(at: Int64(attempt) * 40_000)
            _ = openings.answered(failed: true, at: Int64(attempt) * 40_000)
        }
        #expect(times == [8000, 16_000, 32_000, 32_000])
        _ = openings.answered(failed: false, at: 200_000)
        #expect(openings.answerTime == 8000)
    }

    /// At once, and then not with every try.
    @Test func theTroubleIsToldAtOnceAndNowAndThen() {
        var openings = Openings()
        openings.add([a], at: 0)
        var told: [Int] = []
        var now: Int64 = 0
        for attempt in 1...21 {
            now += 10_000
            _ = openings.due(at: now)
            if openings.answered(failed: true, at: now) { told.append(attempt) }
        }
        #expect(told == [1, 11, 21])
    }

    /// A partition that was taken away and given again may have been another process's meanwhile.
    @Test func anAnswerAboutAnEarlierAssignmentIsWorthNothing() {
        var openings = Openings()
        openings.add([a], at: 0)
        let asked = openings.due(at: 0)
        openings.remove(a)
        openings.add([a], at: 1)
        #expect(asked[a].map { openings.isCurrent(a, $0) } == false)
        _ = openings.answered(failed: false, at: 2)
        let again = openings.due(at: 2)
        #expect(again[a].map { openings.isCurrent(a, $0) } == true)
    }

    @Test func thoseWhoseAnswerIsThereAreNotAskedForAgain() {
        var openings = Openings()
        openings.add([a, b], at: 0)
        #expect(due(&openings, 0, besides: [a]) == [b])
        _ = openings.answered(failed: false, at: 0)
        #expect(due(&openings, 0, besides: [a, b]) == [])
        #expect(due(&openings, 0, besides: [a]) == [b])
    }

    @Test func whoWaitsTooLongNeedsNewClients() {
        var openings = Openings()
        openings.add([a], at: 0)
        #expect(!openings.isStuck(at: 60_000))
        #expect(openings.isStuck(at: 60_001))
        openings.remove(a)
        #expect(!openings.isStuck(at: 60_001))
    }
}
