import Synchronization
import Testing

@testable import Files

@Suite struct ParallelTests {
    @Test(arguments: [0, 1, 2, 7, 1000], [1, 2, 5])
    func everyIndexIsWorkedOnOnce(_ count: Int, _ threads: Int) {
        let seen = Mutex(Array(repeating: 0, count: count))
        StartedWork(count, threads: threads) { index in seen.withLock { $0[index] += 1 } }.finish()
        #expect(seen.withLock { $0 } == Array(repeating: 1, count: count))
    }

    @Test func withOneThreadNothingBeginsBeforeItIsWaitedFor() {
        let seen = Atomic(0)
        let work = StartedWork(3, threads: 1) { _ in seen.wrappingAdd(1, ordering: .relaxed) }
        #expect(seen.load(ordering: .relaxed) == 0)
        work.finish()
        #expect(seen.load(ordering: .relaxed) == 3)
    }

    /// Whoever waits needs nobody: where every other thread is taken, it does the work alone.
    @Test func worksWithinWork() {
        let seen = Atomic(0)
        let outer = StartedWork(64, threads: 64) { _ in
            StartedWork(8, threads: 4) { _ in seen.wrappingAdd(1, ordering: .relaxed) }.finish()
        }
        outer.finish()
        #expect(seen.load(ordering: .relaxed) == 512)
    }
}
