import Dispatch
import Foundation
import Kafka
import Synchronization

@testable import Files
@testable import Pipeline
@testable import Problems
@testable import Reinforce

/// A processor on a thread of its own, and what it was like after its last turn.
final class StreamMember: Sendable {
    struct View: Sendable {
        var places: Set<TopicPartition> = []
        var replayedByPlace: [TopicPartition: Int] = [:]
        /// Records of the events partitions that it has, since it has them.
        var eventsRead = 0
        /// Where it reads next.
        var positions: [TopicPartition: Int64] = [:]
        var openThreads = 0
        var isAtEnd = false
        var isQuiet = false
        var replayed = 0
        /// The same at its highest: a busy machine may cost a member its partitions once more, with nothing open by then.
        var everReplayed = 0
        var restores = 0
        var retained = 0
        var repeated = 0

        func hasRead(_ count: Int, partitions: Int) -> Bool {
            places.count == partitions && isAtEnd && eventsRead == count
        }

        func replayedOf(_ places: Set<TopicPartition>) -> Int { places.reduce(0) { $0 + (replayedByPlace[$1] ?? 0) } }
    }

    private let view = Mutex(View())
    private let isStopping = Atomic(false)
    private let problem = Mutex<PipelineProblem?>(nil)
    private let processor: Unshared<StreamProcessor>
    private let done = DispatchGroup()

    init(_ run: StreamRun, _ name: String, _ clock: any LiveClock) throws {
        processor = Unshared(try run.processor(name, clock))
    }

    var now: View { view.withLock { $0 } }
    var failure: PipelineProblem? { problem.withLock { $0 } }

    func start() {
        done.enter()
        Thread.detachNewThread { [self] in
            defer { done.leave() }
            let processor = unsafe self.processor.value
            do {
                try processor.run {
                    look(at: processor)
                    return isStopping.load(ordering: .relaxed)
                }
            } catch {
                let failure = error as? PipelineProblem ?? PipelineProblem(.internal, "\(error)")
                problem.withLock { $0 = failure }
            }
        }
    }

    func stop() {
        isStopping.store(true, ordering: .relaxed)
        done.wait()
    }

    private func look(at processor: StreamProcessor) {
        let partitions = processor.tasks.active
        let events = partitions.values.compactMap { $0 as? RolloutTask }
        view.withLock { view in
            view.places = Set(partitions.keys)
            view.replayedByPlace = partitions.mapValues(\.replayed)
            view.eventsRead = events.reduce(0) { $0 + $1.stage.counters.records + $1.stage.counters.replayed }
            view.positions = partitions.mapValues(\.flow.position)
            view.openThreads = events.reduce(0) { $0 + $1.stage.openThreads }
            view.isAtEnd = partitions.values.allSatisfy { $0.flow.endSince != nil && !$0.isRestoring }
            view.isQuiet = processor.isQuiet
            view.replayed = partitions.values.reduce(0) { $0 + $1.replayed }
            view.everReplayed = max(view.everReplayed, view.replayed)
            view.restores = processor.status.restores
            view.retained = processor.status.retained
            view.repeated = processor.counts.repeated + partitions.values.reduce(0) { $0 + $1.pending.counts.repeated }
        }
    }
}
