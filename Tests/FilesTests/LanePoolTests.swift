import Synchronization
import Testing

@testable import Files

@Suite struct LanePoolTests {
    private final class Seen: Sendable {
        let rounds = Mutex<[Int]>([])
    }

    /// Each lane's pieces are done in order, and all of a group's when it was waited for.
    @Test(arguments: [1, 2, 5]) func piecesOfALaneAreDoneInTheirOrder(_ threads: Int) {
        let pool = LanePool(threads: threads)
        defer { pool.end() }
        let lanes = (0..<4).map { _ in LanePool.Lane() }
        let seen = (0..<4).map { _ in Seen() }
        var groups: [LanePool.Group] = []
        for round in 0..<200 {
            let group = LanePool.Group()
            for (index, lane) in lanes.enumerated() where (round + index) % 3 > 0 {
                let found = seen[index]
                pool.add(to: lane, group) { found.rounds.withLock { $0.append(round) } }
            }
            groups.append(group)
        }
        for (round, group) in groups.enumerated() {
            pool.finish(group)
            for (index, found) in seen.enumerated() where (round + index) % 3 > 0 {
                #expect(found.rounds.withLock { $0.contains(round) })
            }
        }
        for (index, found) in seen.enumerated() {
            #expect(found.rounds.withLock { $0 } == (0..<200).filter { ($0 + index) % 3 > 0 })
        }
    }

    /// A lane whose piece takes long holds up nobody else.
    @Test func lanesDoNotWaitForEachOther() {
        let pool = LanePool(threads: 2)
        defer { pool.end() }
        let (slow, quick) = (LanePool.Lane(), LanePool.Lane())
        let (held, free) = (LanePool.Group(), LanePool.Group())
        let isOver = Atomic(false)
        pool.add(to: slow, held) { while !isOver.load(ordering: .acquiring) {} }
        let done = Atomic(0)
        for _ in 0..<100 { pool.add(to: quick, free) { done.wrappingAdd(1, ordering: .relaxed) } }
        // the slow one is with the other thread, or this one would not come back
        let isBegun = LanePool.Group()
        pool.add(to: quick, isBegun) { isOver.store(true, ordering: .releasing) }
        pool.finish(isBegun)
        #expect(done.load(ordering: .relaxed) == 100)
        pool.finish(held)
        pool.finish(free)
    }

    /// What is not begun when it ends is not done.
    @Test func nothingBeginsBehindTheEnd() {
        let pool = LanePool(threads: 1)
        let count = Atomic(0)
        pool.add(to: LanePool.Lane(), LanePool.Group()) { count.wrappingAdd(1, ordering: .relaxed) }
        pool.end()
        #expect(count.load(ordering: .relaxed) == 0)
    }
}
