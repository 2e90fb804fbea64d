import EmbeddedKafka
import Foundation
import Kafka
import KafkaTestSupport
import Settings
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

/// `/readyz` beside a processor that works: every reason, and back. How soon is a matter of two numbers that are looked at
/// first: what is published once a second, and the silence that is taken for an end.
@Suite(.waits) struct ReadyzTests {
    @Test func withinFiveSecondsFollowsFromItsNumbers() {
        #expect(StreamWatch.interval + StreamView.patience <= 5000)
        let member = Settings().consuming(ClientConfiguration(brokers: "b"), "one")
        // librdkafka tells as often as it is published
        #expect(member.longestSilence + 2 * StreamWatch.interval <= 5000)
    }

    @Test func untilABrokerAnswersTheProgramIsAliveAndNotReady() throws {
        let folder = try TemporaryFolder()
        let file = URL(filePath: folder.file("stderr"))
        _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        let process = Process()
        process.executableURL = URL(filePath: Tool.path)
        process.arguments = [
            "run", "--brokers", "127.0.0.1:1", "--examples", Fixture.path("cases/epsilon-range/examples.jsonl"),
            "--set", "batches.allow_repeats=true",
            // where it is taken, one of the next is
            "--set", "http.listen=127.0.0.1:\(Int.random(in: 20_000..<60_000))",
        ]
        process.standardError = try FileHandle(forWritingTo: file)
        try process.run()
        defer { process.terminate() }
        var address = ""
        let isServed = eventually {
            let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            address = text.firstMatch(of: /address=(http\S+)/).map { String($0.1) } ?? ""
            return !address.isEmpty
        }
        #expect(isServed)
        let probe = Probe(address: address)
        #expect(probe.get("livez").status == 200)
        #expect(probe.reasons == ["broker"])
        #expect(probe.get("metrics").text.contains("dash_reinforce_unready{reason=\"broker\"} 1\n"))
    }

    @Test func aBrokerThatGoesAndComesBackIsSeen() throws {
        let run = try StreamRun(GoldenCase.all[0])
        let stream = try ServedStream(run)
        defer { stream.end() }
        stream.start()
        #expect(eventually { stream.probe.isReady })
        run.cluster?.stopBroker(1)
        #expect(eventually { stream.probe.reasons.contains("broker") })
        #expect(stream.probe.get("livez").status == 200)
        run.cluster?.startBroker(1)
        let isBack = eventually { stream.probe.isReady }
        let last = run.lines.withLock { $0.suffix(30).joined() }
        #expect(isBack, "\(stream.probe.reasons), and the last lines are \(last)")
    }

    @Test(.enabled(if: RealKafka.launcher != nil, "set DASH_KAFKA to a Kafka launcher"))
    func aRealBrokerThatStandsStillOrIsKilledIsSeen() throws {
        let kafka = try RealKafka()
        let stream = try ServedStream(try StreamRun(GoldenCase.all[0], on: kafka))
        defer { stream.end() }
        stream.start()
        #expect(eventually { stream.probe.isReady })
        try kafka.pause()
        let isSeen = eventually { stream.probe.reasons.contains("broker") }
        try kafka.resume()
        #expect(isSeen)
        #expect(eventually { stream.probe.isReady })
        try kafka.crash()
        #expect(eventually { stream.probe.reasons.contains("broker") })
        #expect(stream.probe.get("livez").status == 200)
        try kafka.restart()
        #expect(eventually { stream.probe.isReady })
    }

    @Test func beforeTheGroupHasGivenOutPartitionsItIsUnassigned() throws {
        let stream = try ServedStream(try StreamRun(GoldenCase.all[0]))
        defer { stream.end() }
        #expect(stream.probe.reasons == ["broker"])
        stream.start()
        #expect(eventually { stream.probe.reasons.contains("unassigned") })
        #expect(eventually { stream.probe.isReady })
    }

    @Test func whatIsTakenUpAgainIsSeen() throws {
        let run = try StreamRun(GoldenCase.all[0])
        let records = try Recording(run.golden.recording).records
        try run.produce(records[..<1000])
        try run.process(PacedClock()) { $0.counts.records == 1000 }
        let isSeen = Mutex(false)
        let stream = try ServedStream(run, "one", PacedClock()) { processor in
            // what is published once a second is published while partitions are taken up
            if !processor.tasks.openings.isEmpty, !isSeen.withLock({ $0 }) { Thread.sleep(forTimeInterval: 1.1) }
        }
        defer { stream.end() }
        stream.start()
        let wasRestoring = eventually { stream.probe.reasons.contains("restoring") }
        isSeen.withLock { $0 = true }
        #expect(wasRestoring)
        #expect(eventually { stream.probe.isReady })
    }

    @Test func aPauseForMemoryIsSeen() throws {
        let records = try Recording(GoldenCase.all[0].recording).records[..<1000]
        let (open, closed) = try held(records)
        let budget = (open + closed) / 2
        try #require(closed < budget * 4 / 5)
        let run = try StreamRun(GoldenCase.all[0])
        run.settings.limits.memoryBudget = budget
        try run.produce(records)
        let clock = PacedClock()
        let stream = try ServedStream(run, "one", clock)
        defer { stream.end() }
        stream.start()
        #expect(eventually { stream.probe.reasons.contains("paused_memory") })
        clock.hurry()
        #expect(eventually { stream.probe.isReady })
    }

    /// Bytes that a processor holds of these records with all open, and with all closed.
    private func held(_ records: ArraySlice<Recording.Record>) throws -> (open: Int, closed: Int) {
        let run = try StreamRun(GoldenCase.all[0])
        try run.produce(records)
        let clock = PacedClock()
        var (open, closed) = (0, 0)
        try run.process(clock) { processor in
            guard processor.counts.records == records.count else { return false }
            closed = processor.tasks.active.values.reduce(0) { $0 + $1.heldBytes }
            open = max(open, closed)
            clock.hurry()
            return processor.isQuiet
        }
        return (open, closed)
    }

    @Test func recordsThatMakeNoBatchAreSeen() throws {
        let run = try StreamRun(GoldenCase.all[0])
        run.settings.batches.maxEmpty = 1
        let records = try Recording(run.golden.recording).records
        try run.produce(records[..<50])
        let clock = PacedClock()
        let stream = try ServedStream(run, "one", clock)
        defer { stream.end() }
        stream.start()
        #expect(eventually { stream.probe.reasons.contains("no_batches") })
        try run.produce(records[50...])
        clock.hurry()
        #expect(eventually { stream.probe.isReady })
    }

    @Test func aProcessorThatEndsSaysSo() throws {
        let stream = try ServedStream(try StreamRun(GoldenCase.all[0]))
        defer { stream.end() }
        stream.start()
        #expect(eventually { stream.probe.isReady })
        stream.stop()
        #expect(stream.probe.reasons == ["stopping"])
    }

    /// Another process takes the name; when that one ends, the first comes back.
    @Test(.enabled(if: RealKafka.launcher != nil, "set DASH_KAFKA to a Kafka launcher"))
    func aFencedProcessorSaysSo() throws {
        let kafka = try RealKafka()
        let run = try StreamRun(GoldenCase.all[0], on: kafka)
        run.settings.kafka.properties = ["session.timeout.ms=6000", "heartbeat.interval.ms=500"]
        let first = try ServedStream(run, "same")
        defer { first.end() }
        first.start()
        #expect(eventually { first.probe.isReady })
        let second = try ServedStream(run, "same")
        defer { second.end() }
        second.start()
        var fenced: ServedStream?
        let isSeen = eventually {
            fenced = [first, second].first { $0.probe.reasons == ["fenced"] }
            return fenced != nil
        }
        #expect(isSeen)
        guard let fenced else { return }
        (fenced === first ? second : first).stop()
        #expect(eventually { fenced.probe.isReady })
        #expect(eventually { fenced.probe.get("metrics").text.contains(/dash_reinforce_fenced_total [1-9]/) })
    }
}
