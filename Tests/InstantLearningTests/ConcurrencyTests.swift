import CAllocations
import Foundation
import Synchronization
import Testing

@testable import InstantLearning

@Suite struct ConcurrencyTests {
    /// Counts, and knows when to stop.
    private final class Board: Sendable {
        let writersLeft = Atomic(4)
        let accumulated = Atomic(0)
        let rejected = Atomic(0)
        let torn = Atomic(0)
        let reads = Atomic(0)
    }

    /// Four readers spin on `forward` while four writers record 400,000 trajectories: every one is accounted for, and no reader
    /// ever sees half an update. The gradient has the same number everywhere, so every whole set of weights moves every
    /// number of the output alike.
    @Test func nothingIsLostAndNothingIsTorn() throws {
        let loop = try InstantLoop {
            // one more than the kernel has lanes: both its halves run
            $0.dimension = 9
            $0.rank = 2
            $0.learningRate = 1
            $0.maxNorm = 1
            $0.flushThreshold = 10
            $0.bufferCapacity = 1000
            $0.overflow = .dropOldest
            $0.readers = 4
        }
        let query: [Float] = [1, -2, 3, -4, 5, -6, 8, 1, -9]
        let ones = [Float](repeating: 1, count: 9)
        let board = Board()
        let writers = (0..<4).map { writer in
            Thread {
                // every tenth is rejected, in turn for each reason
                let trajectories = (0..<30).map { index in
                    let reward: Float = (index + writer) % 2 == 0 ? 1 : 0.25
                    var trajectory = QueryTrajectory(
                        id: loop.nextID(),
                        queryEmbedding: query,
                        steps: [.init(activations: ones, reward: reward), .init(activations: ones, reward: 1)],
                        finalQuality: 1
                    )
                    if index == 0 { trajectory.finalQuality = .nan }
                    if index == 10 { trajectory.steps.removeAll() }
                    if index == 20 { trajectory.queryEmbedding.removeLast() }
                    return trajectory
                }
                for index in 0..<100_000 {
                    let trajectory = trajectories[index % 30]
                    switch loop.record(trajectory).learning {
                    case .accumulated: board.accumulated.wrappingAdd(1, ordering: .relaxed)
                    case .rejected: board.rejected.wrappingAdd(1, ordering: .relaxed)
                    }
                }
                board.writersLeft.wrappingSubtract(1, ordering: .releasing)
            }
        }
        let readers = (0..<4).map { _ in
            Thread {
                var output = [Float](repeating: 0, count: 9)
                while board.writersLeft.load(ordering: .acquiring) > 0 {
                    for index in 0..<9 { output[index] = 0 }
                    try? loop.forward(query, adding: &output)
                    if output.contains(where: { $0 != output[0] }) { board.torn.wrappingAdd(1, ordering: .relaxed) }
                    board.reads.wrappingAdd(1, ordering: .relaxed)
                    guard board.reads.load(ordering: .relaxed) % 64 == 0 else { continue }
                    let metrics = loop.metrics
                    let isBalanced = metrics.recorded == metrics.accumulated + metrics.rejected.total
                    let buffer = loop.bufferStatistics
                    if !isBalanced || !(0...1).contains(buffer.successRate) || buffer.taken != 0 {
                        board.torn.wrappingAdd(1, ordering: .relaxed)
                    }
                }
            }
        }
        for thread in writers + readers { thread.start() }
        while (writers + readers).contains(where: { !$0.isFinished }) { Thread.sleep(forTimeInterval: 0.01) }
        let metrics = loop.metrics
        #expect(metrics.recorded == 400_000)
        #expect(metrics.accumulated == board.accumulated.load(ordering: .relaxed))
        #expect(metrics.rejected.total == board.rejected.load(ordering: .relaxed))
        #expect(metrics.accumulated + metrics.rejected.total == 400_000)
        for reason in [Rejection.notFinite, .noSteps, .dimension] {
            #expect(metrics.rejected[reason] >= 4 * 3333)
        }
        #expect(board.torn.load(ordering: .relaxed) == 0)
        #expect(board.reads.load(ordering: .relaxed) > 0)
        loop.flush()
        #expect(loop.adapter.signals == metrics.accumulated)
        #expect(loop.adapter.up.contains { $0 != 0 })
        #expect(loop.bufferStatistics.offered == metrics.accumulated)
    }

    @Test(.enabled(if: callocations_of_this_thread() >= 0, "allocations cannot be counted here"))
    func recordingAllocatesNothingOnceWarm() throws {
        let loop = try InstantLoop {
            $0.dimension = 40
            $0.rank = 3
            $0.flushThreshold = 10
            $0.bufferCapacity = 64
            $0.overflow = .dropOldest
            $0.maxNorm = 1
            $0.decay = 0.01
        }
        var numbers = Numbers(3)
        let trajectories = (0..<100).map { numbers.trajectory(UInt64($0), dimension: 40, steps: 1 + $0 % 9) }
        var output = [Float](repeating: 0, count: 40)
        func work() throws {
            // by index: an iterator over large elements allocates in unoptimised code
            for index in trajectories.indices {
                loop.record(trajectories[index])
                try loop.forward(trajectories[index].queryEmbedding, adding: &output)
            }
        }
        try work()
        // the counter counts
        let first = callocations_of_this_thread()
        let probe = [UInt8](repeating: 1, count: 1000 + trajectories.count)
        #expect(callocations_of_this_thread() > first && !probe.isEmpty)
        let before = callocations_of_this_thread()
        for _ in 0..<10 { try work() }
        let after = callocations_of_this_thread()
        #expect(after - before == 0)
        #expect(loop.metrics.updates > 100)
    }
}
