import EmbeddedKafka
import Foundation
import JSON
import Kafka
import KafkaTestSupport
import Settings
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Pipeline
@testable import Reinforce

/// What a processor that has worked tells Prometheus.
@Suite(.waits) struct StreamMetricsTests {
    /// Every name that dashboards and alerts may rely on, without its prefix; those that come and go aside.
    private static let names = [
        "build_info", "state", "ready", "unready", "records_consumed_total", "records_produced_total",
        "bytes_consumed_total", "bytes_produced_total", "records_dropped_total", "dlq_records_total",
        "position_lag_records", "lag_seconds", "open_threads", "open_groups", "oldest_open_age_seconds", "state_bytes",
        "replayed_records_total", "restores_total", "restore_duration_seconds", "checkpoint_bytes",
        "replay_distance_records", "replay_distance_bytes", "replay_distance_seconds",
        "checkpoint_pointer_total", "spilled_threads_total", "commit_duration_seconds", "commits_total",
        "txn_aborts_total", "txn_in_flight_seconds", "producer_recycled_total", "fenced_total", "rejoins_total",
        "rebalances_total", "assigned_partitions", "restoring_partitions", "partitions_lost_total",
        "rebalance_duration_seconds", "score_duration_seconds", "e2e_latency_seconds", "paused_partitions",
        "stream_time_skew_clamps_total", "poll_interval_seconds_max", "rdkafka_broker_up",
        "rdkafka_broker_rtt_seconds", "rdkafka_throttle_seconds", "rdkafka_fetchq_records", "rdkafka_fetchq_bytes",
        "threads_total", "groups_total", "group_wait_seconds", "batches_total", "rollouts_trained_total", "reward",
        "advantage_abs", "completion_tokens", "staleness_versions", "ledger_imbalance", "tokens_source_total",
        "calls_truncated_total", "tool_calls_total", "tool_failures_total", "judge_requests_total",
        "judge_seconds", "judge_in_flight", "judge_waiting",
    ]

    private struct Scrape: Sendable {
        let counts: StreamCounts
        let measures: StreamMeasures
        let text: String
        let openMetrics: String
        let metrics: [Metric]
        let judges: [JudgeStanding]

        func sum(_ name: String, _ labels: [String: String] = [:]) -> Double {
            let samples = metrics.first { $0.name == "dash_reinforce_" + name }?.samples ?? []
            return samples.filter { sample in
                labels.allSatisfy { label in
                    sample.labels.contains { $0.name == label.key && $0.value == label.value }
                }
            }
            .reduce(0) { $0 + ($1.histogram.map { Double($0.count) } ?? $1.value) }
        }
    }

    /// A golden run in which a judge says a number, or that it fails.
    private static let scrape = Result { () throws -> Scrape in
        let run = try StreamRun(GoldenCase.all[0])
        var judge = Settings.Rewards.Component(name: "judge", type: "command")
        judge.outside.command = [
            "python3", "-c",
            """
            import json, sys, zlib
            for line in sys.stdin:
              q = json.loads(line)
              sum = zlib.crc32(q["thread_id"].encode()) % 101
              said = {"reward": None, "status": "error"} if sum % 5 == 0 else {"reward": sum / 101}
              print(json.dumps({"id": q["id"], **said}), flush=True)
            """,
        ]
        try run.ask(judge)
        let watch = StreamWatch()
        run.watch = watch
        try run.produce(try Recording(run.golden.recording).records)
        // what was published last is behind the last commit
        var since: Date?
        var snapshot = watch.latest
        try run.process(FastClock(step: 200)) { processor in
            guard processor.isQuiet, processor.counts.batches > 0 else { return false }
            let begin = since ?? Date()
            since = begin
            guard Date().timeIntervalSince(begin) > 2.5 else { return false }
            // once it has ended, no partition is its own
            snapshot = watch.latest
            return true
        }
        let identity = WatchIdentity(version: "1", swift: "6", instance: "one", group: "g", output: "reinforce")
        let status = StatusJSON(snapshot: snapshot, identity: identity, began: 0, now: 1000, maxEmpty: 0)
        let metrics =
            StreamMetrics(snapshot: snapshot, identity: identity, status: status).all
            + snapshot.view.statistics.metrics + ProcessMetrics().metrics
        return Scrape(
            counts: snapshot.view.report.counts,
            measures: snapshot.view.measures,
            text: String(decoding: MetricText.prometheus.write(metrics), as: UTF8.self),
            openMetrics: String(decoding: MetricText.openMetrics.write(metrics), as: UTF8.self),
            metrics: metrics,
            judges: snapshot.view.judges
        )
    }

    @Test(arguments: names) func everyNameIsThereWithHelp(_ name: String) throws {
        let scrape = try Self.scrape.get()
        #expect(scrape.text.contains("# TYPE dash_reinforce_\(name) "))
        let help = scrape.text.range(of: "# HELP dash_reinforce_\(name) ")
        #expect(help.map { scrape.text[$0.upperBound...].prefix(1) != "\n" } == true)
    }

    /// In OpenMetrics a unit is the end of the name.
    @Test func everyUnitIsTheEndOfItsName() throws {
        for metric in try Self.scrape.get().metrics {
            guard let unit = metric.unit else {
                #expect(!metric.name.hasSuffix("_seconds") && !metric.name.hasSuffix("_bytes"), "\(metric.name)")
                continue
            }
            #expect(metric.name.hasSuffix("_" + unit), "\(metric.name)")
        }
    }

    @Test func whatIsMeasuredAgreesWithWhatIsCounted() throws {
        let scrape = try Self.scrape.get()
        let counts = scrape.counts
        #expect(scrape.sum("records_consumed", ["topic": "dashstream-events"]) == Double(counts.records))
        #expect(counts.records > 0)
        #expect(scrape.sum("bytes_consumed", ["topic": "dashstream-events"]) > Double(counts.records))
        #expect(scrape.sum("records_produced", ["topic": "reinforce"]) == Double(counts.batches))
        #expect(scrape.sum("bytes_produced", ["topic": "reinforce"]) > 1000)
        #expect(scrape.sum("records_produced", ["topic": "ledger"]) == Double(counts.fates.values.reduce(0, +)))
        #expect(scrape.sum("dlq_records") == Double(counts.deadLetters))
        #expect(scrape.sum("rebalances", ["type": "assigned"]) >= 1)
        #expect(scrape.sum("rebalance_duration_seconds", ["type": "assigned"]) >= 1)
        #expect(scrape.sum("checkpoint_bytes") >= Double(counts.batches))
        #expect(scrape.sum("score_duration_seconds") >= Double(counts.fates.values.reduce(0, +)) / 2)
        // nothing is open, but what is closed is remembered
        #expect(scrape.sum("replay_distance_records", ["topic": "dashstream-events"]) > 0)
        #expect(scrape.sum("replay_distance_bytes", ["topic": "dashstream-events"]) > 0)
        #expect(scrape.sum("fenced") == Double(scrape.measures.fenced))
    }

    @Test func judgesAreCountedByComponentAndStatus() throws {
        let scrape = try Self.scrape.get()
        #expect(scrape.sum("judge_requests", ["component": "judge", "status": "ok"]) > 20)
        #expect(scrape.sum("judge_requests", ["component": "judge", "status": "error"]) >= 1)
        #expect(scrape.sum("judge_seconds", ["component": "judge"]) == scrape.sum("judge_requests"))
        #expect(scrape.sum("judge_in_flight") == 0)
        #expect(scrape.sum("judge_waiting") == 0)
        #expect(scrape.metrics.first { $0.name == "dash_reinforce_judge_in_flight" }?.samples.count == 1)
        let values = JudgeStanding.values(scrape.judges)
        #expect(values.contains { $0.key == "judge_judge_error" })
        #expect(values.map(\.key).prefix(2) == ["judge_in_flight", "judge_waiting"])
    }

    @Test func openMetricsEndsAsItMust() throws {
        let text = try Self.scrape.get().openMetrics
        #expect(text.hasSuffix("# EOF\n"))
        #expect(text.contains("# UNIT dash_reinforce_checkpoint_bytes bytes\n"))
    }

    @Test(.enabled(if: Promtool.path != nil, "promtool (Debian's package `prometheus`) is not installed"))
    func promtoolHasNothingToSay() throws {
        #expect(try Promtool.check(try Self.scrape.get().text) == "")
        #expect(try Promtool.check("a_total 1\n") != "")
    }
}

/// Prometheus' own checker.
enum Promtool {
    static let path = ["/usr/bin/promtool", "/usr/local/bin/promtool", "/opt/homebrew/bin/promtool"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// What `promtool check metrics` has to say of a scrape.
    static func check(_ text: String) throws -> String {
        let folder = try TemporaryFolder()
        let file = URL(filePath: folder.path).appending(path: "metrics")
        try Data(text.utf8).write(to: file)
        let process = Process()
        process.executableURL = URL(filePath: path ?? "")
        process.arguments = ["check", "metrics"]
        process.standardInput = try FileHandle(forReadingFrom: file)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: said, as: UTF8.self)
    }
}
