import Foundation
import JSON
import Kafka
import KafkaTestSupport
import Synchronization
import TestSupport
import Testing

@testable import Pipeline
@testable import Reinforce

/// Each process counts its own part: together they tell what the ledger's topic holds.
@Suite(.waits, .enabled(if: RealKafka.launcher != nil, "set DASH_KAFKA to a Kafka launcher"))
struct TwoProcessesTests {
    @Test func sumsOfTwoProcessesAreThoseOfTheLedger() throws {
        let kafka = try RealKafka()
        let run = try StreamRun(GoldenCase.all[0], on: kafka)
        let clock = PacedClock()
        let streams = try ["a", "b"].map { try ServedStream(run, $0, clock) }
        defer { for stream in streams { stream.end() } }
        for stream in streams { stream.start() }
        func partitions(_ stream: ServedStream) -> Int { stream.watch.latest.view.places.count }
        let areReady = eventually { streams.allSatisfy { partitions($0) > 0 && $0.probe.isReady } }
        let last = run.lines.withLock { $0.suffix(30).joined() }
        #expect(areReady, "\(streams.map(\.probe.reasons)), and the last lines are \(last)")
        try run.produce(try Recording(run.golden.recording).records)
        #expect(eventually { counts(streams).records == (try? Recording(run.golden.recording).records.count) })
        clock.hurry()
        let folder = try TemporaryFolder()
        _ = try Replay(try run.golden.options(folder)).run()
        let expected = try folder.lines("ledger.jsonl").count
        #expect(eventually { counts(streams).fates.values.reduce(0, +) >= expected })
        for stream in streams { stream.stop() }
        var ledger: [String: Int] = [:]
        for line in try run.read("ledger") {
            let value = try JSONValue(parsing: line.value)
            ledger["\(value["fate"]?.text ?? "") \(value["reason"]?.text ?? "")", default: 0] += 1
        }
        // each of them had its share
        #expect(streams.allSatisfy { $0.watch.latest.view.report.counts.records > 0 })
        #expect(scraped(streams) == ledger)
        #expect(streams.allSatisfy { $0.probe.get("metrics").text.contains("dash_reinforce_ledger_imbalance 0\n") })
    }

    private func counts(_ streams: [ServedStream]) -> StreamCounts {
        streams.reduce(into: StreamCounts()) { $0.add($1.watch.latest.view.report.counts) }
    }

    /// Threads by fate and reason, as Prometheus would add them up.
    private func scraped(_ streams: [ServedStream]) -> [String: Int] {
        var sums: [String: Int] = [:]
        for stream in streams {
            let text = stream.probe.get("metrics").text
            for found in text.matches(of: /dash_reinforce_threads_total\{fate="(\w+)",reason="(\w*)"\} (\d+)/) {
                sums["\(found.1) \(found.2)", default: 0] += Int(found.3) ?? 0
            }
        }
        return sums.filter { $0.value > 0 }
    }
}
