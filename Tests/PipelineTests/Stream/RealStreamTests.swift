import Foundation
import KafkaTestSupport
import Settings
import Synchronization
import TestSupport
import Testing

@testable import Files
@testable import Pipeline

/// The stream beside a real Apache Kafka, where there is one.
@Suite(.waits, .enabled(if: RealKafka.launcher != nil, "set DASH_KAFKA to a Kafka launcher"))
struct RealStreamTests {
    /// 4 and 8 partitions, one and three processors: every group once, with the digest of a replay.
    @Test(arguments: [(Int32(4), 1), (8, 1), (4, 3), (8, 3)])
    func everyGroupIsThereOnce(_ partitions: Int32, _ count: Int) throws {
        let kafka = try RealKafka.reused()
        let run = try StreamRun(GoldenCase.all[0], on: kafka, partitions: partitions)
        // a group whose conflict shows only after it was complete must not be written before
        run.settings.groups.settle = 10_000
        // each has a fast clock of its own: a group must not be over for one while another has not come to end its threads
        run.settings.groups.deadline = 300_000
        try run.produce(try Recording(run.golden.recording).records, byKey: partitions != 4)
        try runTogether(run, count)
        let found = differences(try run.digests(), try run.replayedDigests())
        #expect(found == [], "\(run.lines.withLock { $0.joined() })")
        #expect(try run.read("dash-reinforce-dlq").count == 20)
    }

    /// SIGKILL, over and over, at random moments: nothing is lost; nothing is there twice, or only the same where that is
    /// what was asked for.
    @Test(arguments: ["exactly_once", "at_least_once"]) func aKilledProcessLosesAndDoublesNothing(_ delivery: String)
        throws
    {
        let kafka = try RealKafka()
        let run = try StreamRun(GoldenCase.all[0], on: kafka)
        run.settings.delivery = delivery
        let records = try Recording(run.golden.recording).records
        let producing = Thread {
            for start in stride(from: 0, to: records.count, by: 200) {
                try? run.produce(records[start..<min(records.count, start + 200)])
                Thread.sleep(forTimeInterval: 0.15)
            }
        }
        producing.start()
        var random = SystemRandomNumberGenerator()
        for _ in 0..<4 {
            let process = try start(run, kafka)
            Thread.sleep(forTimeInterval: Double.random(in: 0.8...2.5, using: &random))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        while !producing.isFinished { Thread.sleep(forTimeInterval: 0.05) }
        try run.process(FastClock(step: 200))
        var digests = try run.digests()
        if !run.settings.isExactlyOnce { digests = digests.mapValues { Array(Set($0)) } }
        let found = differences(digests, try run.replayedDigests())
        #expect(found == [], "\(run.lines.withLock { $0.suffix(12).joined() })")
    }

    private func runTogether(_ run: StreamRun, _ count: Int) throws {
        let stop = Atomic(false)
        let failures = Mutex<[String]>([])
        let processors = try (0..<count).map { try run.processor("p\($0)", FastClock(step: 50)) }
        let all = Unshared(processors)
        let done = DispatchGroup()
        // partitions of each that is quiet: one that is on its way from one to another is nobody's
        let quiet = Mutex<[Int: Int]>([:])
        for index in 0..<count {
            done.enter()
            Thread.detachNewThread {
                defer { done.leave() }
                do {
                    let processor = unsafe all.value[index]
                    try processor.run {
                        quiet.withLock { $0[index] = processor.isQuiet ? processor.tasks.active.count : nil }
                        return stop.load(ordering: .relaxed)
                    }
                } catch {
                    failures.withLock { $0.append("\(error)") }
                    stop.store(true, ordering: .relaxed)
                }
            }
        }
        let deadline = Date.patience
        let threads = try run.goldenThreads()
        var calm = 0
        while calm < 15, Date() < deadline, !stop.load(ordering: .relaxed) {
            Thread.sleep(forTimeInterval: 0.1)
            calm = quiet.withLock { $0.values.reduce(0, +) == 2 * Int(run.partitions) } ? calm + 1 : 0
            // what has left the first stage and has not come to the second is open in neither
            if calm == 15, !run.hasFates(threads) { calm = 0 }
        }
        stop.store(true, ordering: .relaxed)
        done.wait()
        #expect(failures.withLock { $0 } == [])
        #expect(calm == 15, "not quiet: \(run.lines.withLock { $0.suffix(10).joined() })")
    }

    private func start(_ run: StreamRun, _ kafka: RealKafka) throws -> Process {
        let process = Process()
        let products = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let beside = Bundle.main.executableURL?.deletingLastPathComponent().appending(path: "dash-reinforce")
        let isThere = FileManager.default.isExecutableFile(atPath: beside?.path ?? "")
        process.executableURL = isThere ? beside : products.appending(path: "dash-reinforce")
        process.arguments = [
            "run", "--brokers", kafka.brokers, "--examples", Fixture.path("golden/run/examples.jsonl"), "--quiet",
            "--set", "delivery=\(run.settings.delivery)", "--set", "instance_id=one", "--set", "topics.ledger=ledger",
            "--set", "groups.min_usable=1",
            "--set", "groups.deadline=60s", "--set", "assembly.idle_timeout=20s", "--set", "batches.linger=200ms",
            "--set", "commit.interval=50ms", "--set", "kafka.session.timeout.ms=6000",
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }
}

/// What differs, in few words.
func differences(_ found: [String: [String]], _ expected: [String: [String]]) -> [String] {
    Set(found.keys).union(expected.keys).sorted().compactMap { name in
        let (a, b) = (found[name] ?? [], expected[name] ?? [])
        if a == b { return nil }
        return "\(name): \(a.count) times instead of \(b.count)\(Set(a) == Set(b) ? "" : ", other content")"
    }
}
