import Foundation
import KafkaTestSupport
import TestSupport
import Testing

@testable import Pipeline

/// The same beside a real Apache Kafka, where there is one.
@Suite(.serialized, .enabled(if: RealKafka.launcher != nil, "set DASH_KAFKA to a Kafka launcher"))
struct RealKafkaTests {
    @Test func aLiveRunGivesTheSameGroupsAsAReplay() throws {
        let kafka = try RealKafka()
        let live = try LiveRun(GoldenCase.all[0], on: kafka)
        try live.produce(try Recording(live.golden.recording).records)
        try live.process(FastClock(step: 200)) { $0.counts.batches > 0 && $0.groups.openCount == 0 && $0.isQuiet }
        try expectSame(live)
        #expect(try live.read("dash-reinforce-dlq").count == 20)
    }

    /// SIGKILL, over and over, at random moments: nothing is lost, and no group comes with other members.
    @Test func aKilledProcessLosesNothing() throws {
        let kafka = try RealKafka()
        let live = try LiveRun(GoldenCase.all[0], on: kafka)
        let records = try Recording(live.golden.recording).records
        let producing = Thread {
            // as agents would: a few at a time, while processes come and die
            for start in stride(from: 0, to: records.count, by: 200) {
                try? live.produce(records[start..<min(records.count, start + 200)])
                Thread.sleep(forTimeInterval: 0.15)
            }
        }
        producing.start()
        var random = SystemRandomNumberGenerator()
        for _ in 0..<4 {
            let process = try start(live, kafka)
            Thread.sleep(forTimeInterval: Double.random(in: 0.8...2.0, using: &random))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        while !producing.isFinished { Thread.sleep(forTimeInterval: 0.05) }
        // the group waits for the dead member's session to end
        try live.process(FastClock(step: 200), seconds: 90) {
            $0.counts.batches > 0 && $0.groups.openCount == 0 && $0.isQuiet
        }
        try expectSame(live)
    }

    private func start(_ live: LiveRun, _ kafka: RealKafka) throws -> Process {
        let process = Process()
        process.executableURL = Bundle.main.executableURL?.deletingLastPathComponent().appending(path: "dash-reinforce")
        if !FileManager.default.isExecutableFile(atPath: process.executableURL?.path ?? "") {
            let products = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
            process.executableURL = products.appending(path: "dash-reinforce")
        }
        process.arguments = [
            "run", "--brokers", kafka.brokers, "--examples", Fixture.path("golden/run/examples.jsonl"), "--quiet",
            "--set", "groups.min_usable=1", "--set", "groups.deadline=60s", "--set", "assembly.idle_timeout=20s",
            "--set", "batches.linger=200ms", "--set", "kafka.session.timeout.ms=2000",
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    private func expectSame(_ live: LiveRun) throws {
        let found = try live.digests()
        let expected = try live.replayedDigests()
        #expect(Set(expected.keys).subtracting(found.keys).sorted() == [])
        #expect(Set(found.keys).subtracting(expected.keys).sorted() == [])
        for (name, digests) in found { #expect(Set(digests) == [expected[name] ?? ""], "\(name)") }
    }
}
