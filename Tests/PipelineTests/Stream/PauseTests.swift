import Foundation
import Kafka
import KafkaTestSupport
import Settings
import Synchronization
import Testing

@testable import Pipeline

/// Brokers that stand still, and two processes with one name, beside a real Apache Kafka.
@Suite(.serialized, .enabled(if: RealKafka.launcher != nil, "set DASH_KAFKA to a Kafka launcher"))
struct PauseTests {
    private func run(_ kafka: RealKafka) throws -> StreamRun {
        let run = try StreamRun(GoldenCase.all[0], on: kafka)
        run.settings.groups.settle = 10_000
        run.settings.kafka.properties = [
            "session.timeout.ms=2000", "heartbeat.interval.ms=500", "transaction.timeout.ms=5000",
            "socket.timeout.ms=5000", "reconnect.backoff.max.ms=500",
        ]
        return run
    }

    /// Each pause outlasts the session: nobody ends, nothing is lost, nothing is there twice.
    @Test(arguments: [1, 2]) func aBrokerThatStandsStillEndsNobody(_ count: Int) throws {
        let kafka = try RealKafka()
        let run = try run(kafka)
        let records = try Recording(run.golden.recording).records
        let third = records.count / 3
        try run.produce(records[..<third])
        let lives = try (0..<count).map { try Life(run, "p\($0)") }
        defer { for life in lives { life.stop() } }
        for life in lives { life.start() }
        #expect(eventually { lives.reduce(0) { $0 + $1.records } >= third })
        for round in 1...2 {
            try kafka.pause()
            Thread.sleep(forTimeInterval: 5)
            try kafka.resume()
            try run.produce(records[third * round..<(round == 2 ? records.count : third * 2)])
        }
        #expect(eventually { lives.allSatisfy { $0.isQuiet } }, "\(run.lines.withLock { $0.suffix(12).joined() })")
        for life in lives { life.stop() }
        #expect(lives.compactMap(\.problem) == [])
        #expect(differences(try run.digests(), try run.replayedDigests()) == [])
    }

    /// The one that was there first ends, and says who has its name; the other goes on.
    @Test func onlyALivingRivalEndsAProcess() throws {
        let kafka = try RealKafka()
        let run = try run(kafka)
        let records = try Recording(run.golden.recording).records
        try run.produce(records[..<1000])
        let first = try Life(run, "same")
        defer { first.stop() }
        first.start()
        #expect(eventually { first.records >= 1000 })
        let second = try Life(run, "same")
        defer { second.stop() }
        second.start()
        #expect(eventually { first.problem != nil || second.problem != nil })
        try run.produce(records[1000...])
        let survivor = first.problem == nil ? first : second
        #expect(eventually { survivor.isQuiet }, "\(run.lines.withLock { $0.suffix(12).joined() })")
        first.stop()
        second.stop()
        let problems = [first, second].compactMap(\.problem)
        #expect(problems.count == 1 && problems[0].kind == .temporary)
        #expect(problems.first?.description.contains("instance_id same") == true)
        #expect(problems.first?.description.contains("on host 127.0.0.1") == true)
        #expect(differences(try run.digests(), try run.replayedDigests()) == [])
    }
}

/// A processor on a thread of its own.
private final class Life: @unchecked Sendable {
    private let processor: StreamProcessor
    private let isToStop = Atomic(false)
    private let ended = DispatchSemaphore(value: 0)
    private let state = Mutex<(records: Int, isQuiet: Bool, problem: PipelineProblem?)>((0, false, nil))
    private let hasStarted = Atomic(false)

    init(_ run: StreamRun, _ instance: String) throws { processor = try run.processor(instance, FastClock(step: 20)) }

    var records: Int { state.withLock { $0.records } }
    var isQuiet: Bool { state.withLock { $0.isQuiet } }
    var problem: PipelineProblem? { state.withLock { $0.problem } }

    func start() {
        hasStarted.store(true, ordering: .relaxed)
        let all = Unshared(self)
        Thread.detachNewThread { unsafe all.value.work() }
    }

    private func work() {
        defer { ended.signal() }
        do {
            try processor.run {
                let now = (processor.status.recordsRead, processor.isQuiet)
                state.withLock { ($0.records, $0.isQuiet) = now }
                return isToStop.load(ordering: .relaxed)
            }
        } catch {
            let problem = error as? PipelineProblem ?? PipelineProblem(.internal, "\(error)")
            state.withLock { $0.problem = problem }
        }
    }

    func stop() {
        guard !isToStop.exchange(true, ordering: .relaxed), hasStarted.load(ordering: .relaxed) else { return }
        _ = ended.wait(timeout: .now() + 60)
    }
}
