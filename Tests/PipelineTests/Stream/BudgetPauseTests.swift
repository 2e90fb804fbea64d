import Kafka
import Testing

@testable import Pipeline

/// Reading stops at the budget, whatever partitions come and go while it does.
@Suite struct BudgetPauseTests {
    private static let (a, b, c) = (TopicPartition("t", 0), TopicPartition("t", 1), TopicPartition("t", 2))

    @Test func itStopsAtTheBudgetAndGoesOnOnceAFifthIsFree() {
        var pause = BudgetPause()
        let ours: Set = [Self.a, Self.b]
        #expect(pause.update(held: 100, budget: 100, ours: ours) == .init())
        #expect(pause.update(held: 101, budget: 100, ours: ours) == .init(pause: [Self.a, Self.b]))
        #expect(pause.update(held: 90, budget: 100, ours: ours) == .init())
        #expect(pause.isPaused)
        #expect(pause.update(held: 79, budget: 100, ours: ours) == .init(resume: [Self.a, Self.b]))
        #expect(!pause.isPaused)
    }

    @Test func aPartitionThatIsAssignedMeanwhileIsPausedToo() {
        var pause = BudgetPause()
        _ = pause.update(held: 101, budget: 100, ours: [Self.a])
        #expect(pause.update(held: 101, budget: 100, ours: [Self.a, Self.b]) == .init(pause: [Self.b]))
        #expect(pause.update(held: 0, budget: 100, ours: [Self.a, Self.b, Self.c]) == .init(resume: [Self.a, Self.b]))
    }

    /// It may come back as it went, paused; and one that was never paused is never resumed.
    @Test func aPartitionThatGoesWhilePausedIsResumedWhenItComesBack() {
        var pause = BudgetPause()
        _ = pause.update(held: 101, budget: 100, ours: [Self.a, Self.b])
        pause.leave(Self.b)
        #expect(pause.update(held: 0, budget: 100, ours: [Self.a]) == .init(resume: [Self.a]))
        #expect(pause.update(held: 0, budget: 100, ours: [Self.a, Self.b]) == .init(resume: [Self.b]))
        #expect(pause.update(held: 0, budget: 100, ours: [Self.a, Self.b]) == .init())
        pause.leave(Self.a)
        #expect(pause.update(held: 0, budget: 100, ours: [Self.a, Self.b]) == .init())
    }

    @Test func aPartitionThatComesBackWhilePausedIsPausedAgain() {
        var pause = BudgetPause()
        _ = pause.update(held: 101, budget: 100, ours: [Self.a, Self.b])
        pause.leave(Self.b)
        #expect(pause.update(held: 101, budget: 100, ours: [Self.a]) == .init())
        #expect(pause.update(held: 101, budget: 100, ours: [Self.a, Self.b]) == .init(pause: [Self.b]))
        #expect(pause.update(held: 0, budget: 100, ours: [Self.a, Self.b]) == .init(resume: [Self.a, Self.b]))
    }
}
