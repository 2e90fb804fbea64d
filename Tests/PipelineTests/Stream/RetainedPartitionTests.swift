import Foundation
import Kafka
import KafkaTestSupport
import Reinforce
import Settings
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

/// What a member of the group keeps in a rebalance it goes on with as it is: nothing is read again.
@Suite(.serialized, .enabled(if: RealKafka.launcher != nil, "set DASH_KAFKA to a Kafka launcher"))
struct RetainedPartitionTests {
    /// A second processor joins in the middle of the log, with threads and groups open everywhere, and leaves again.
    @Test(arguments: ["cooperative-sticky", "range"])
    func partitionsThatStayAreNotReadAgain(_ strategy: String) throws {
        let kafka = try RealKafka()
        let run = try StreamRun(GoldenCase.all[0], on: kafka)
        run.settings.groups.settle = 10_000
        run.settings.kafka.properties.append("partition.assignment.strategy=\(strategy)")
        let records = try Recording(run.golden.recording).records
        let half = records.count / 2
        // while members wait for each other hardly any time passes, so that nothing is given up
        let clock = PacedClock()
        let first = try Member(run, "one", clock)
        let second = try Member(run, "two", clock)
        defer {
            second.stop()
            first.stop()
        }

        try run.produce(records[..<half])
        first.start()
        try waitFor(run, "the first half") { first.now.hasRead(half, partitions: 8) }
        #expect(first.now.openThreads > 0)

        second.start()
        try waitFor(run, "a shared group") { !second.now.places.isEmpty && first.now.places.count == 4 }
        let kept = first.now.places
        try run.produce(records[half...])
        let mine = records.count { kept.contains(TopicPartition("dashstream-events", Int32($0.partition))) }
        try waitFor(run, "the second half at the one that stayed") { first.now.eventsRead == mine }
        clock.hurry()
        try waitFor(run, "the second half") { first.now.isQuiet && second.now.isQuiet }
        let shared = first.now
        #expect(shared.places == kept)
        #expect(shared.replayed == 0 && shared.restores == 0 && shared.repeated == 0)
        // eager assignors take everything away first: what comes back is what was put aside
        #expect(shared.retained == (strategy == "range" ? 4 : 0))
        #expect(shared.eventsRead == mine)
        // whoever takes a partition over reads what it needs
        #expect(second.now.everReplayed > 0)

        second.stop()
        try waitFor(run, "all partitions again") { first.now.places.count == 8 && first.now.isQuiet }
        #expect(first.now.replayedOf(kept) == 0)
        first.stop()
        #expect(first.failure == nil && second.failure == nil)
        #expect(differences(try run.digests(), try run.replayedDigests()) == [])
    }

    private func waitFor(_ run: StreamRun, _ what: String, _ condition: () -> Bool) throws {
        let deadline = Date.patience
        while !condition() {
            guard Date() < deadline else {
                throw Failure(description: "\(what): not there; \(run.lines.withLock { $0.suffix(10).joined() })")
            }
            Thread.sleep(forTimeInterval: 0.02)
        }
    }

    private struct Failure: Error, CustomStringConvertible { let description: String }
}

/// A processor on a thread of its own, and what it was like after its last turn.
private final class Member: Sendable {
    struct View: Sendable {
        var places: Set<TopicPartition> = []
        var replayedByPlace: [TopicPartition: Int] = [:]
        /// Records of the events partitions that it has, since it has them.
        var eventsRead = 0
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
    private let problem = Mutex<String?>(nil)
    private let processor: Unshared<StreamProcessor>
    private let done = DispatchGroup()

    init(_ run: StreamRun, _ name: String, _ clock: PacedClock) throws {
        processor = Unshared(try run.processor(name, clock))
    }

    var now: View { view.withLock { $0 } }
    var failure: String? { problem.withLock { $0 } }

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
                problem.withLock { $0 = "\(error)" }
            }
        }
    }

    func stop() {
        isStopping.store(true, ordering: .relaxed)
        done.wait()
    }

    private func look(at processor: StreamProcessor) {
        let partitions = processor.partitions
        let events = partitions.values.compactMap { $0 as? EventPartition }
        view.withLock { view in
            view.places = Set(partitions.keys)
            view.replayedByPlace = partitions.mapValues(\.replayed)
            view.eventsRead = events.reduce(0) { $0 + $1.stage.counters.records + $1.stage.counters.replayed }
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

/// A clock that hardly moves until it is told to.
private final class PacedClock: LiveClock {
    private let now = Atomic<Int64>(1)
    private let step = Atomic<Int64>(1)

    var milliseconds: Int64 {
        now.wrappingAdd(step.load(ordering: .relaxed), ordering: .relaxed).newValue
    }
    var wallMilliseconds: Int64 { .max / 2 }
    func hurry() { step.store(50, ordering: .relaxed) }
}
