import Kafka
import Testing

@testable import Pipeline

/// What is taken up again goes first, as long as it gets on.
@Suite struct RestoreFirstTests {
    private static let (a, b, c) = (TopicPartition("t", 0), TopicPartition("t", 1), TopicPartition("t", 2))

    private static func task(
        _ place: TopicPartition,
        at position: Int64 = 0,
        restores: Bool = false,
        isAtEnd: Bool = false
    ) -> RestoreFirst.Standing {
        .init(place: place, isRestoring: restores, position: position, isAtEnd: isAtEnd)
    }

    @Test func othersWaitUntilAllAreTakenUp() {
        var first = RestoreFirst()
        let all = [Self.task(Self.a, restores: true), Self.task(Self.b, restores: true), Self.task(Self.c)]
        #expect(first.waiting(among: all, now: 0) == [Self.c])
        let one = [Self.task(Self.a, at: 10, restores: true), Self.task(Self.b, at: 10), Self.task(Self.c)]
        #expect(first.waiting(among: one, now: 1000) == [Self.b, Self.c])
        #expect(first.waiting(among: [Self.task(Self.a), Self.task(Self.b), Self.task(Self.c)], now: 2000).isEmpty)
    }

    /// A partition whose leader is away would hold up all the others.
    @Test func whoGetsNowhereHoldsNobodyUp() {
        var first = RestoreFirst()
        let stuck = [Self.task(Self.a, at: 7, restores: true), Self.task(Self.b)]
        #expect(first.waiting(among: stuck, now: 0) == [Self.b])
        #expect(first.waiting(among: stuck, now: RestoreFirst.patience) == [Self.b])
        #expect(first.waiting(among: stuck, now: RestoreFirst.patience + 1).isEmpty)
        // to and fro would cost more than it brings
        let moved = [Self.task(Self.a, at: 8, restores: true), Self.task(Self.b)]
        #expect(first.waiting(among: moved, now: RestoreFirst.patience + 2).isEmpty)
        // the next time it begins anew
        #expect(first.waiting(among: [Self.task(Self.a), Self.task(Self.b)], now: 9000).isEmpty)
        #expect(first.waiting(among: stuck, now: 9001) == [Self.b])
    }

    @Test func whoKeepsUpIsNotHeldUp() {
        var first = RestoreFirst()
        let idle = [Self.task(Self.a, restores: true), Self.task(Self.b, isAtEnd: true), Self.task(Self.c)]
        #expect(first.waiting(among: idle, now: 0) == [Self.c])
        // something has come for it since
        let busy = [Self.task(Self.a, at: 1, restores: true), Self.task(Self.b, at: 1), Self.task(Self.c)]
        #expect(first.waiting(among: busy, now: 10) == [Self.c])
    }
}
